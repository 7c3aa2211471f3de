"""„Neue Bankverbindungen": one person compares a new account with its proof, a second one confirms it.

Who may do what stands in `applications.account`; the audit reads along, with the numbers masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from applications import account
from applications.models import AccountChange, Organisation
from funding import payees, sepa
from funding.money import format_money
from journal import formats, impartial
from journal.actors import Actor
from journal.refusals import Refused

PAGE = 50
READERS = (*account.CHECKERS, Role.AUDITOR)
State = AccountChange.State
TONES = {State.PENDING: "i", State.CONFIRMED: "s", State.REFUSED: "n", State.WITHDRAWN: "n"}


class RefuseForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Die Organisation liest sie."),
    )
    optional: frozenset[str] = frozenset()


@roles_required(*READERS)
def account_changes(request: HttpRequest) -> HttpResponse:
    """What waits stands first, the oldest on top."""
    found = AccountChange.objects.select_related("organisation")
    waiting = list(found.filter(state=State.PENDING).order_by("requested_at"))
    page = Paginator(found.exclude(state=State.PENDING), PAGE).get_page(request.GET.get("page"))
    mine = set(account.waiting_for(actor_in(request)).values_list("pk", flat=True))
    context = {
        "waiting": [(change, sepa.mask_iban(change.iban), _stage(change), change.pk in mine) for change in waiting],
        "page": page,
        "decided": [(change, sepa.mask_iban(change.iban), TONES[State(change.state)]) for change in page],
        "mine": len(mine),
    }
    return render(request, "workflow/office/account_changes.html", context)


def _stage(change: AccountChange) -> str:
    return _("wartet auf die zweite Person") if change.checked_by else _("wartet auf die erste Prüfung")


def _change(key: UUID) -> AccountChange:
    found = AccountChange.objects.select_related("organisation__municipality", "proof").filter(key=key).first()
    if found is None:
        raise Http404
    return found


@roles_required(*READERS)
def account_change(request: HttpRequest, key: UUID) -> HttpResponse:
    return _page(request, _change(key), RefuseForm())


def _page(request: HttpRequest, change: AccountChange, form: RefuseForm, *, sentence: str = "") -> HttpResponse:
    actor = actor_in(request)
    is_open = change.state == State.PENDING
    may_act = is_open and account.role_for(change, actor) is not None
    names = names_of({change.requested_by, change.checked_by, change.decided_by})
    context = {
        "change": change,
        "organisation": change.organisation,
        "tone": TONES[State(change.state)],
        "facts": _facts(change, shows_all=may_act),
        "findings": list(_findings(change)) if is_open else [],
        "story": list(_story(change, names)),
        "is_open": is_open,
        "stage": _stage(change),
        "may_act": may_act,
        "refusal": (account.refuse_person(change, actor) or bias(change, actor) or "") if may_act else "",
        "blocked": (account.refuse_while_paying(change) or "") if is_open and change.checked_by else "",
        "sentence": sentence,
        "form": form,
    }
    is_wrong = bool(sentence or form.errors)
    return render(request, "workflow/office/account_change.html", context, status=422 if is_wrong else 200)


def bias(change: AccountChange, actor: Actor) -> str | None:
    return impartial.bias(change.organisation, actor=actor, today=timezone.localdate())


def _facts(change: AccountChange, *, shows_all: bool) -> list[tuple[Any, ...]]:
    """The whole number only for who compares it with the proof just now."""
    organisation = change.organisation
    number = formats_iban(change.iban) if shows_all else sepa.mask_iban(change.iban)
    return [
        (_("Organisation"), organisation.name),
        (_("Vertreten durch"), organisation.representative or "–"),
        (_("Telefon, schon früher genannt"), organisation.phone or "–"),
        (_("Bisheriges Konto"), account.account_of(organisation) or _("keines")),
        (_("Neue IBAN"), number),
        (_("Bank"), account.bank_name(change.iban) or _("steht nicht im Verzeichnis")),
        (_("Kontoinhaber"), change.account_holder),
        (_("Nachweis"), change.proof.name, reverse("applications:kept_file", args=[change.proof.key])),
    ]


def formats_iban(iban: str) -> str:
    """In groups of four, as it stands on a bank's paper."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the checklist; what deviates comes first."""

    state: str
    sentence: str
    detail: str = ""
    url: str = ""


def _findings(change: AccountChange) -> Iterator[Finding]:
    organisation = change.organisation
    others = Organisation.objects.filter(iban=change.iban).exclude(pk=organisation.pk)
    for other in others[:5]:
        yield Finding(state="notice", sentence=_("Dieselbe IBAN gehört schon zu: %(name)s.") % {"name": other})
    if change.account_holder.casefold() != organisation.name.casefold():
        yield Finding(
            state="notice",
            sentence=_("Der Kontoinhaber heißt anders als die Organisation."),
            detail=_("Das Konto muss der Organisation gehören, oder eine Vollmacht liegt vor."),
        )
    if not change.iban.startswith("DE"):
        yield Finding(state="notice", sentence=_("Das Konto liegt nicht in Deutschland, aber im SEPA-Raum."))
    yield from _money(organisation)


def _money(organisation: Organisation) -> Iterator[Finding]:
    waiting = sum(found.open for found in payees.commitments_of(organisation.key))
    if waiting:
        yield Finding(
            state="notice",
            sentence=_("%(amount)s sind bewilligt und noch nicht ausgezahlt.") % {"amount": format_money(waiting)},
            detail=_("Bis zur Entscheidung sind alle Zahlungen gesperrt."),
        )
    else:
        yield Finding(state="fine", sentence=_("Es steht keine Zahlung aus."))


def _story(change: AccountChange, names: dict[UUID, str]) -> Iterator[dict[str, str]]:
    rows: list[tuple[str, UUID, datetime | None]] = [(_("Gemeldet"), change.requested_by, change.requested_at)]
    if change.checked_by:
        rows.append((_("Mit dem Nachweis verglichen"), change.checked_by, change.checked_at))
    if change.decided_by:
        rows.append((str(change.get_state_display()).capitalize(), change.decided_by, change.decided_at))
    for title, key, at in rows:
        who = names.get(key) or _("Name gelöscht")
        when = formats.moment(at) if at else ""
        yield {"state": "done", "title": title, "when": f"{who}, {when}", "text": ""}


def _act(request: HttpRequest, key: UUID, what: Callable[[AccountChange, Actor], None], told: str) -> HttpResponse:
    change = _change(key)
    try:
        what(change, actor_in(request))
    except Refused as refused:
        return _page(request, _change(key), RefuseForm(), sentence=refused.sentence)
    messages.success(request, told)
    return HttpResponseRedirect(reverse("workflow:account_change", args=[key]))


@roles_required(*account.CHECKERS)
@require_POST
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    told = _("Geprüft. Jetzt bestätigt eine zweite Person.")
    return _act(request, key, lambda change, actor: account.check(change, actor=actor, at=timezone.now()), told)


@roles_required(*account.CONFIRMERS)
@require_POST
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    told = _("Die neue Bankverbindung gilt. Die Zahlungen sind wieder frei, alle Mitglieder bekommen eine E-Mail.")
    return _act(request, key, lambda change, actor: account.confirm(change, actor=actor, at=timezone.now()), told)


@roles_required(*account.CHECKERS)
@require_POST
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    change, form = _change(key), RefuseForm(request.POST)
    if form.is_valid():
        try:
            account.refuse(change, reason=form.cleaned_data["reason"], actor=actor_in(request), at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field, refused.sentence)
    if form.errors:
        return _page(request, _change(key), form)
    messages.success(request, _("Abgelehnt. Es bleibt beim bisherigen Konto, alle Mitglieder bekommen eine E-Mail."))
    return HttpResponseRedirect(reverse("workflow:account_change", args=[key]))
