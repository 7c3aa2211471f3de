"""„Unser Verein": who applies, its address and its account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from accounts.access import actor_in, applicant_required
from accounts.models import User
from applications import queries
from applications.forms.organisation import OrganisationForm
from applications.models import Membership, Organisation
from funding.sepa import mask_iban
from journal.actors import APPLICANT
from journal.events import record


@applicant_required
def overview(request: HttpRequest) -> HttpResponse:
    """All organisations of the person; somebody without one starts with the form."""
    memberships = (
        queries.memberships(actor_in(request))
        .select_related("organisation__municipality")
        .order_by("organisation__name")
    )
    if not memberships:
        return HttpResponseRedirect(reverse("applications:organisation_new"))
    rows = [{"membership": found, "facts": _facts(found.organisation)} for found in memberships]
    return render(request, "applications/organisation.html", {"rows": rows})


def _facts(organisation: Organisation) -> list[tuple[str, Any]]:
    missing = _("fehlt noch")
    return [
        (_("Art"), organisation.get_kind_display()),
        (_("Vertreten durch"), organisation.representative or missing),
        (_("Anschrift"), organisation.address.replace("\n", ", ") or missing),
        (_("Gemeinde"), organisation.municipality or missing),
        (_("Telefon"), organisation.phone or "–"),
        (_("Konto"), account_of(organisation) or missing),
        (_("Kontoinhaber"), organisation.account_holder or missing),
    ]


def account_of(organisation: Organisation) -> str:
    """As "DE** **** 0002, Sparkasse": never the whole number."""
    if not organisation.iban:
        return ""
    bank = bank_name(organisation.iban)
    return f"{mask_iban(organisation.iban)}, {bank}" if bank else mask_iban(organisation.iban)


def bank_name(iban: str) -> str:
    try:
        return IBAN(iban).bank_name or ""
    except SchwiftyException:
        return ""


@applicant_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, OrganisationForm(), None)
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, None, status=422)
    with transaction.atomic():
        organisation = form.save(commit=False)
        organisation.created_at = timezone.now()
        organisation.save()
        assert isinstance(request.user, User)
        Membership.objects.create(organisation=organisation, user=request.user, is_admin=True)
        _tell(request, "organisation_created", organisation, [])
    return _done(request, organisation)


@applicant_required
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    organisation = queries.organisations(actor_in(request), may_edit=True).filter(key=key).first()
    if organisation is None:
        raise Http404
    if request.method != "POST":
        return _page(request, OrganisationForm(instance=organisation), organisation)
    form = OrganisationForm(request.POST, instance=organisation)
    if not form.is_valid():
        return _page(request, form, Organisation.objects.get(pk=organisation.pk), status=422)
    with transaction.atomic():
        form.save()
        _tell(request, "organisation_changed", organisation, form.changed_data)
    return _done(request, organisation)


def _tell(request: HttpRequest, kind: str, organisation: Organisation, fields: list[str]) -> None:
    """Names the fields, never their content: no IBAN in the journal."""
    record(
        kind,
        thread=f"organisation:{organisation.key}"[:64],
        subject=("applications.organisation", organisation.key),
        actor=actor_in(request).acting_as(APPLICANT),
        at=timezone.now(),
        facts={"fields": fields},
    )


def _done(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    account = account_of(organisation)
    if account:
        messages.success(request, _("Gespeichert. Konto: %(account)s") % {"account": account})
    else:
        messages.success(request, _("Gespeichert."))
    return HttpResponseRedirect(_next(request) or reverse("applications:organisation"))


def _next(request: HttpRequest) -> str:
    """Back to where somebody was sent here from, if that is one of our own pages."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, None) else ""


def _page(
    request: HttpRequest, form: OrganisationForm, organisation: Organisation | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "organisation": organisation, "next": _next(request)}
    return render(request, "applications/organisation_form.html", context, status=status)
