"""The account of an organisation: how it stands, a new one with its proof, and what the bank directory says."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, applicant_required
from accounts.actors import names_of
from applications import account as rules
from applications.forms.vault import OWN_ACCOUNT, AccountForm
from applications.models import AccountChange, Membership
from applications.views.own import own_membership, page
from funding.sepa import SepaError, checked_iban, mask_iban
from journal.refusals import Refused


@applicant_required
def account(request: HttpRequest, key: UUID) -> HttpResponse:
    """Every member sees how it stands; who may ask for money reports a new account."""
    own = own_membership(request, key)
    if request.method != "POST":
        return _page(request, own, AccountForm(initial={"account_holder": own.organisation.account_holder}))
    own = own_membership(request, key, right="may_file")
    form = AccountForm(request.POST, request.FILES)
    if not form.is_valid() or not _requested(request, own, form):
        return _page(request, own, form, status=422)
    messages.success(
        request, _("Ihre neue Bankverbindung ist gemeldet. Bis wir sie geprüft haben, zahlen wir nichts aus.")
    )
    return HttpResponseRedirect(reverse("applications:account", args=[key]))


def _requested(request: HttpRequest, own: Membership, form: AccountForm) -> bool:
    data = form.cleaned_data
    try:
        rules.request_change(
            own.organisation,
            iban=data["iban"],
            account_holder=data["account_holder"],
            proof=data["file"],
            actor=actor_in(request),
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


def _page(request: HttpRequest, own: Membership, form: AccountForm, *, status: int = 200) -> HttpResponse:
    if own.organisation.is_natural_person:
        form.fields["account_holder"].help_text = OWN_ACCOUNT
    changes = list(own.organisation.account_changes.select_related("proof")[:10])
    names = names_of({change.requested_by for change in changes})
    waiting = next((change for change in changes if change.state == AccountChange.State.PENDING), None)
    iban = form.cleaned_data.get("iban") if form.is_bound and hasattr(form, "cleaned_data") else ""
    return page(
        request,
        own,
        "account",
        status=status,
        form=form,
        account=rules.account_of(own.organisation),
        waiting=waiting,
        waiting_account=rules.shown(waiting.iban) if waiting else "",
        waiting_who=names.get(waiting.requested_by, "") if waiting else "",
        bank=rules.bank_sentence(iban) if iban else "",
        is_direct=rules.is_direct(own.organisation),
        past=[(change, mask_iban(change.iban), names.get(change.requested_by, "")) for change in changes
              if change is not waiting],
    )  # fmt: skip


@applicant_required
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    own = own_membership(request, key, right="may_file")
    waiting = rules.pending(own.organisation)
    if waiting is None:
        raise Http404
    rules.withdraw(waiting, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Meldung ist zurückgezogen. Es bleibt bei Ihrem bisherigen Konto."))
    return HttpResponseRedirect(reverse("applications:account", args=[key]))


@applicant_required
@require_POST
def bank(request: HttpRequest) -> HttpResponse:
    """One sentence beside the field. Sent as a form, so that no IBAN stands in an address."""
    try:
        iban = checked_iban(request.POST.get("iban", "").strip()[:64])
    except SepaError as error:
        return render(request, "applications/bank.html", {"bank": error.sentences[0]})
    return render(request, "applications/bank.html", {"bank": rules.bank_sentence(iban)})
