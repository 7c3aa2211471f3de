"""„Unser Verein": who applies, its address and its account."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.access import actor_in, applicant_required
from accounts.models import User
from applications import account, chronicle, home, queries, renaming
from applications.forms.organisation import OrganisationForm
from applications.models import AccountChange, Invitation, Membership, Organisation, OrganisationDocument
from applications.views.own import home_of, own_membership


@applicant_required
def overview(request: HttpRequest) -> HttpResponse:
    """All organisations of the person; somebody without one starts with the form."""
    memberships = list(
        queries.memberships(actor_in(request))
        .select_related("organisation__municipality")
        .order_by("organisation__name")
    )
    home.note(request, [found.organisation.kind for found in memberships])
    if not memberships:
        return HttpResponseRedirect(reverse("applications:organisation_new"))
    counts = _counts([found.organisation_id for found in memberships])
    rows = [_row(found, counts) for found in memberships]
    title = home_of(memberships[0].organisation) if len(rows) == 1 else home.SEVERAL
    return render(request, "applications/organisation.html", {"rows": rows, "home": title})


def _counts(organisations: list[int]) -> dict[str, Counter[int]]:
    """For all organisations at once: five queries, however many there are."""
    wanted = {
        "members": Membership.objects.all(),
        "invited": Invitation.objects.filter(
            accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
        ),
        "documents": OrganisationDocument.objects.filter(removed_at__isnull=True),
        "expired": OrganisationDocument.objects.filter(removed_at__isnull=True, valid_until__lt=timezone.localdate()),
        "changes": AccountChange.objects.filter(state=AccountChange.State.PENDING),
    }
    return {
        name: Counter(found.filter(organisation__in=organisations).values_list("organisation_id", flat=True))
        for name, found in wanted.items()
    }


def _row(found: Membership, counts: dict[str, Counter[int]]) -> dict[str, Any]:
    return {
        "membership": found,
        "facts": _facts(found.organisation),
        **{name: counted[found.organisation_id] for name, counted in counts.items()},
    }


def _facts(organisation: Organisation) -> list[tuple[str, Any]]:
    missing = _("fehlt noch")
    return [
        (_("Art"), organisation.get_kind_display()),
        (_("Vertreten durch"), organisation.representative or missing),
        (_("Anschrift"), organisation.address.replace("\n", ", ") or missing),
        (_("Gemeinde"), organisation.municipality or missing),
        (_("Telefon"), organisation.phone or "–"),
        (_("Konto"), account.account_of(organisation) or missing),
        (_("Kontoinhaber"), organisation.account_holder or missing),
    ]


@applicant_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        known = {name: request.GET[name] for name in ("kind", "municipality") if name in request.GET}
        return _page(request, OrganisationForm(initial=known), None)
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
    return _done(request, organisation, form.changed_data)


@applicant_required
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    organisation = own_membership(request, key, right="may_edit").organisation
    if request.method != "POST":
        return _page(request, OrganisationForm(instance=organisation), organisation)
    form = OrganisationForm(request.POST, instance=organisation)
    if not form.is_valid():
        return _page(request, form, Organisation.objects.get(pk=organisation.pk), status=422)
    with transaction.atomic():
        form.save()
        if form.changed_data:
            _tell(request, "organisation_changed", organisation, form.changed_data)
        if "name" in form.changed_data:
            renaming.renamed(organisation)
    return _done(request, organisation, form.changed_data)


def _tell(request: HttpRequest, kind: str, organisation: Organisation, fields: list[str]) -> None:
    """Names the fields, never their content: no IBAN in the journal."""
    chronicle.tell(kind, organisation, actor=actor_in(request), at=timezone.now(), facts={"fields": fields})


def _done(request: HttpRequest, organisation: Organisation, changed: list[str]) -> HttpResponse:
    told = _("Gespeichert.")
    if "iban" in changed:
        told = f"{told} {account.bank_sentence(organisation.iban)}"
    messages.success(request, told)
    assert isinstance(request.user, User)
    home.remember(request, request.user)
    return HttpResponseRedirect(_next(request) or reverse("applications:organisation"))


def _next(request: HttpRequest) -> str:
    """Back to where somebody was sent here from, if that is one of our own pages."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, None) else ""


def _page(
    request: HttpRequest, form: OrganisationForm, organisation: Organisation | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "organisation": organisation,
        "home": home_of(organisation) if organisation else "",
        "account": account.account_of(organisation) if organisation else "",
        "next": _next(request),
    }
    return render(request, "applications/organisation_form.html", context, status=status)
