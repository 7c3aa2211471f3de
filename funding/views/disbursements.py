"""Payments: the list, one payment, and the steps of payments and clawbacks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import FINANCE_READERS, PAYMENT_READERS, Role
from funding import exports, labels, queries, sepa
from funding.filters import DisbursementFilter
from funding.models import Clawback, Disbursement, DisbursementState
from funding.money import format_money
from journal import formats
from journal.actors import Actor
from journal.machine import Machine
from journal.models import Event
from journal.views import StepView

PAGE = 50
CLAWBACK_READERS = (*FINANCE_READERS, Role.DECIDER)


@roles_required(*PAYMENT_READERS)
def disbursement_list(request: HttpRequest) -> HttpResponse:
    actor = actor_in(request)
    found = DisbursementFilter(request.GET, queryset=queries.disbursements())
    page = Paginator(queries.waiting_first(found.qs, actor), PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "chips": _chips(request),
        "page": page,
        "rows": [(row, labels.tone_of(row, actor)) for row in page],
        "waiting": queries.waiting_count(actor),
        "sum": found.qs.aggregate(sum=queries.total("amount"))["sum"],
        "query": request.GET.urlencode(),
        "may_download": actor.has_role(*FINANCE_READERS),
    }
    return render(request, "funding/disbursement_list.html", context)


def _chips(request: HttpRequest) -> list[dict[str, Any]]:
    counts = queries.count_by_state()
    chosen = request.GET.get("stand", "")
    url = reverse("funding:disbursement_list")
    every = {"label": _("Alle"), "url": url, "count": sum(counts.values()), "is_current": not chosen}
    states = [
        {"label": state.label, "url": f"{url}?stand={state}", "count": counts[state], "is_current": chosen == state}
        for state in DisbursementState
        if counts.get(state)
    ]
    return [every, *states]


@roles_required(*FINANCE_READERS)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as it is filtered, all pages of it, with full IBANs."""
    found = DisbursementFilter(request.GET, queryset=queries.disbursements().order_by("requested_at", "pk"))
    return exports.as_file([exports.payout_list(found.qs)], name="auszahlungen", kind=kind)


@roles_required(*PAYMENT_READERS)
def disbursement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.disbursements(), pk=pk)
    actor, today = actor_in(request), timezone.localdate()
    claims = list(found.commitment.clawbacks.select_related("commitment"))
    events = list(queries.events_of(Disbursement.label_of_machine, pk))
    context = {
        "found": found,
        "tone": labels.tone_of(found, actor),
        "offers": found.offers(actor=actor, today=today),
        "waiting": labels.waiting_sentence(found),
        "facts": _facts(found, actor),
        "sums": _sums(found),
        "story": labels.story(events),
        "clawbacks": [(claim, _clawback_tone(claim), claim.offers(actor=actor, today=today)) for claim in claims],
    }
    return render(request, "funding/disbursement.html", context)


def _clawback_tone(claim: Clawback) -> str:
    return labels.CLAWBACK_TONES.get(claim.state, "n")


def _facts(found: Disbursement, actor: Actor) -> list[tuple[Any, ...]]:
    commitment, line = found.commitment, found.commitment.line
    rows: list[tuple[Any, ...]] = [
        (_("Empfänger"), found.payee_name),
        (_("IBAN"), sepa.mask_iban(found.payee_iban)),
        (_("Verwendungszweck"), found.purpose),
        (_("Zahlungskennung"), found.reference),
        (_("Wofür das Geld gebraucht wird"), found.need or "–"),
        (_("Haushaltslinie"), f"{line.product} / {line.account} {line}"),
        (_("Zahlbar ab"), formats.day(commitment.payable_from) if commitment.payable_from else _("noch nicht")),
    ]
    if found.run:
        url = reverse("funding:run", args=[found.run.number]) if actor.has_role(*FINANCE_READERS) else ""
        rows.append((_("Zahlungslauf"), found.run.number, url))
    holds = [hold for hold in commitment.holds.all() if hold.ended_at is None]
    return rows + [(_("Gesperrt"), f"{hold}, {_('seit')} {formats.day(hold.since)}") for hold in holds]


def _sums(found: Disbursement) -> list[tuple[str, str]]:
    """What the award has come to: bound, paid, under way, still free to be asked for."""
    commitment = found.commitment
    under_way = queries.pending_of(commitment)
    rows: list[tuple[str, Decimal]] = [
        (_("Bewilligt"), commitment.amount),
        (_("Ausgezahlt"), commitment.paid),
        (_("Unterwegs"), under_way),
        (_("Noch nicht angefordert"), commitment.open - under_way),
    ]
    return [(name, format_money(amount)) for name, amount in rows]


class FinanceStepView(StepView):
    """Names people; strangers to finance do not learn that a payment exists."""

    readers: tuple[str, ...] = tuple(FINANCE_READERS)
    model: type[Disbursement | Clawback] = Disbursement

    def find(self, actor: Actor, key: str) -> Machine:
        if not actor.has_role(*self.readers) or not (key.isascii() and key.isdigit()):
            raise Http404
        found: Machine = get_object_or_404(self.model._default_manager.select_related("commitment__line"), pk=int(key))
        return found

    def name_of(self, event: Event) -> str:
        return names_of({event.actor_key}).get(event.actor_key, "") if event.actor_key else _("Fördertopf")


class DisbursementStepView(FinanceStepView):
    readers = tuple(PAYMENT_READERS)

    def url_after(self, obj: Machine, actor: Actor) -> str:
        return reverse("funding:disbursement", args=[obj.pk])

    def title_of(self, obj: Machine) -> str:
        return str(obj)

    def context(self, obj: Machine, actor: Actor, today: date) -> dict[str, Any]:
        return {"section": (_("Auszahlungen"), reverse("funding:disbursement_list"))}


class ClawbackStepView(FinanceStepView):
    readers = CLAWBACK_READERS
    model = Clawback

    def url_after(self, obj: Machine, actor: Actor) -> str:
        """Back to the payment that is claimed back; deciders, who do not read payments, to their own start page."""
        payment = Disbursement.objects.filter(commitment__clawbacks=obj.pk).order_by("-number").first()
        if payment is None or not actor.has_role(*FINANCE_READERS):
            return reverse("start")
        return reverse("funding:disbursement", args=[payment.pk])

    def title_of(self, obj: Machine) -> str:
        assert isinstance(obj, Clawback)
        return f"{obj.thread}: {format_money(obj.amount)}"
