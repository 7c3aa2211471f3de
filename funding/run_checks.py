"""What the second person looks at before a run leaves the house: deviations first, then what was fine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from funding import queries, rules, sepa
from funding.models import Disbursement, DisbursementState, PaymentRun
from funding.money import format_money
from journal import impartial
from journal.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`state` as the checklist component knows it: missing stops the run, notice is worth a look, fine is fine."""

    state: str
    sentence: str
    detail: str = ""
    url: str = ""


_RANK = {"missing": 0, "notice": 1, "fine": 2}


def findings(run: PaymentRun, payments: Sequence[Disbursement], *, actor: Actor, today: date) -> list[Finding]:
    """A fixed number of queries, however long the run is; the holds must be prefetched."""
    found = [
        *_similar(payments),
        *_shared_accounts(payments),
        *_by_rule(payments, actor=actor, today=today),
        _impartial(payments, actor=actor, today=today),
        *_accounts(payments),
        *_sums(run, payments),
    ]
    return sorted(found, key=lambda finding: _RANK[finding.state])


def _url(payment: Disbursement) -> str:
    return reverse("funding:disbursement", args=[payment.pk])


def _similar(payments: Sequence[Disbursement]) -> Iterator[Finding]:
    others = list(queries.similar_to(payments))
    doubtful = [found for found in payments if any(_looks_alike(found, other) for other in others)]
    for found in doubtful:
        alike = ", ".join(other.reference for other in others if _looks_alike(found, other))
        yield Finding(
            state="notice",
            sentence=_("%(payment)s: derselbe Betrag ging oder geht innerhalb von 30 Tagen an dieselbe IBAN.")
            % {"payment": found.reference},
            detail=_("Zu vergleichen mit %(others)s.") % {"others": alike},
            url=_url(found),
        )
    if not doubtful:
        yield Finding(state="fine", sentence=_("Keine Zahlung gleicht einer anderen der letzten 30 Tage."))


def _looks_alike(one: Disbursement, other: Disbursement) -> bool:
    near = abs(one.requested_at - other.requested_at).days <= queries.SAME_PAYMENT_DAYS
    return one.pk != other.pk and near and (one.payee_iban, one.amount) == (other.payee_iban, other.amount)


def _shared_accounts(payments: Sequence[Disbursement]) -> Iterator[Finding]:
    shared = queries.accounts_of_several(found.payee_iban for found in payments)
    for found in payments:
        if found.payee_iban in shared:
            yield Finding(
                state="notice",
                sentence=_("%(payment)s: diese IBAN gehört zu mehr als einem Empfänger.")
                % {"payment": found.reference},
                detail=f"{sepa.mask_iban(found.payee_iban)} · {found.payee_name}",
                url=_url(found),
            )
    if not shared:
        yield Finding(state="fine", sentence=_("Jede IBAN gehört zu genau einem Empfänger."))


def _by_rule(payments: Sequence[Disbursement], *, actor: Actor, today: date) -> Iterator[Finding]:
    """The guards of the door, asked beforehand."""
    waiting = [found for found in payments if found.state == DisbursementState.AUTHORISED]
    guards = (
        (rules.is_payable, _("Jeder Bescheid ist zahlbar.")),
        (rules.has_no_hold, _("Keine Zahlung ist gesperrt.")),
        (rules.payer_is_free, _("Sie haben keine dieser Zahlungen geprüft oder angeordnet (§ 42 Abs. 4 KomHKVO).")),
    )
    for guard, all_fine in guards:
        ask = partial(guard, actor=actor, today=today)
        broken = [(found, sentence) for found in waiting if (sentence := ask(found))]
        for found, sentence in broken:
            yield Finding(state="missing", sentence=f"{found.reference}: {sentence}", url=_url(found))
        if not broken:
            yield Finding(state="fine", sentence=all_fine)


def _impartial(payments: Sequence[Disbursement], *, actor: Actor, today: date) -> Finding:
    sentence = impartial.bias(*(found.commitment for found in payments), actor=actor, today=today)
    if sentence:
        return Finding(state="missing", sentence=sentence)
    return Finding(state="fine", sentence=_("Sie sind mit keinem der Empfänger verbunden (§ 20 VwVfG)."))


def _accounts(payments: Sequence[Disbursement]) -> Iterator[Finding]:
    broken = list(_broken_accounts(payments))
    yield from broken
    if not broken:
        yield Finding(state="fine", sentence=_("Jede IBAN hat eine richtige Prüfziffer und liegt im SEPA-Raum."))


def _broken_accounts(payments: Sequence[Disbursement]) -> Iterator[Finding]:
    for found in payments:
        try:
            sepa.checked_iban(found.payee_iban)
        except sepa.SepaError as error:
            yield Finding(state="missing", sentence=f"{found.reference}: {error}", url=_url(found))


def _sums(run: PaymentRun, payments: Sequence[Disbursement]) -> Iterator[Finding]:
    there = sum((found.amount for found in payments), queries.ZERO)
    if (run.total, run.count) == (there, len(payments)):
        yield Finding(state="fine", sentence=_("Die Summe der Zahlungen ist die Summe des Laufs."))
        return
    if run.state in {PaymentRun.State.EXPORTED, PaymentRun.State.EXECUTED}:
        yield Finding(
            state="notice",
            sentence=_("%(amount)s sind von der Bank zurückgekommen und stehen nicht mehr im Lauf.")
            % {"amount": format_money(run.total - there)},
        )
