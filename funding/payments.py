"""Payments: holds, requests, and runs that one person assembles and another releases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding import ledger, rules, sepa
from funding.law.periods import next_execution_on
from funding.models import Commitment, Disbursement, DisbursementState, Hold, PaymentRun
from funding.models.disbursement import pending_sum
from funding.money import format_money
from journal import impartial, values
from journal.actors import APPLICANT, Actor
from journal.events import record
from journal.machine import perform
from journal.refusals import Faster, Forbidden, Refused

ZERO = Decimal("0.00")
State = PaymentRun.State


def allow(thread: str, *, payable_from: date) -> None:
    """From this day on the commitments of the thread may be paid (finality, waiver, or payable on notification)."""
    with transaction.atomic():
        ledger.lock_commitments(thread)
        Commitment.objects.filter(thread=thread, payable_from__isnull=True).update(payable_from=payable_from)


def publish(thread: str) -> None:
    """The award may be named in public lists (after finality)."""
    with transaction.atomic():
        ledger.lock_commitments(thread)
        Commitment.objects.filter(thread=thread).update(is_public=True)


def hold(thread: str, kind: str, *, actor: Actor, at: datetime) -> None:
    """Stops payments of the thread for a reason; holding twice is holding once."""
    with transaction.atomic():
        for commitment in ledger.lock_commitments(thread):
            Hold.objects.get_or_create(
                commitment=commitment, kind=kind, ended_at=None, defaults={"since": at, "held_by": actor.key}
            )


def release(thread: str, kind: str, *, at: datetime) -> None:
    with transaction.atomic():
        ledger.lock_commitments(thread)
        Hold.objects.filter(commitment__thread=thread, kind=kind, ended_at__isnull=True).update(ended_at=at)


def is_claimable(commitment: Commitment, *, today: date) -> bool:
    """Whether its recipient may ask for money: it is payable, and something is left that is not yet asked for."""
    return not rules.refuse_unpayable(commitment, today=today) and commitment.open > pending_sum(commitment)


def request(
    commitment: Commitment, amount: Decimal, *, need: str, award_on: date, actor: Actor, at: datetime
) -> Disbursement:
    """The recipient asks for money. Raises Refused with the sentence for the field."""
    with transaction.atomic():
        held = _locked_with_siblings(commitment)
        refusal = rules.refuse_unpayable(held, today=localdate(at))
        if refusal:
            raise Refused(refusal)
        rest = held.open - pending_sum(held)
        if amount <= ZERO:
            raise Refused(_("Bitte schreiben Sie einen Betrag über null."), field="amount")
        if amount > rest:
            raise Refused(
                _("Der Betrag ist höher als der Rest: Es sind noch %(rest)s offen.") % {"rest": format_money(rest)},
                field="amount",
            )
        return _create_request(held, amount, need, award_on, actor, at)


def _locked_with_siblings(commitment: Commitment) -> Commitment:
    """All commitments of the award: its payments are numbered through, whichever line or year pays them."""
    held = ledger.lock_commitments(commitment.thread)
    return next(found for found in held if found.pk == commitment.pk)


def _create_request(
    commitment: Commitment, amount: Decimal, need: str, award_on: date, actor: Actor, at: datetime
) -> Disbursement:
    last = Disbursement.objects.filter(commitment__thread=commitment.thread).aggregate(last=Max("number"))["last"] or 0
    number = last + 1
    found = Disbursement.objects.create(
        commitment=commitment,
        number=number,
        reference=sepa.end_to_end_id(commitment.thread, sequence=number),
        amount=amount,
        need=need,
        purpose=f"Zuwendung {commitment.thread} Rate {number} Bescheid {award_on:%d.%m.%Y}",
        payee_name=commitment.payee_name,
        payee_iban=commitment.payee_iban,
        requested_by=actor.key,
        requested_at=at,
    )
    record(
        "disbursement_requested",
        thread=found.thread,
        subject=(Disbursement.label_of_machine, found.pk),
        actor=actor if actor.role else actor.acting_as(APPLICANT),
        at=at,
        states=("", found.state),
        facts=found.facts_told,
    )
    return found


def assemble(disbursements: Sequence[Disbursement], *, actor: Actor, at: datetime) -> PaymentRun:
    """Puts authorised payments into a run: nobody can put the same payment into two.

    Raises Forbidden for who is bound to one of the recipients.
    """
    acting = _treasurer(actor)
    assert acting.key is not None
    with transaction.atomic():
        pks = [found.pk for found in disbursements]
        held = list(Disbursement.objects.select_for_update().filter(pk__in=pks).ready_for_run().order_by("pk"))
        if not held or len(held) != len(pks):
            raise Faster(_("Mindestens eine Zahlung steht schon in einem Lauf oder ist nicht mehr angeordnet."))
        _require_impartial(held, acting, at)
        run = _create_run(held, acting, at)
        Disbursement.objects.filter(pk__in=pks).update(run=run)
        _tell("run_assembled", run, acting, at)
        return run


def _require_impartial(payments: Iterable[Disbursement], actor: Actor, at: datetime) -> None:
    """Raises Forbidden with the name of a recipient to whom the person is bound."""
    paid = Commitment.objects.filter(pk__in={found.commitment_id for found in payments})
    impartial.require(*paid, actor=actor, today=localdate(at))


def _create_run(payments: Sequence[Disbursement], actor: Actor, at: datetime) -> PaymentRun:
    """The number is unique: of two people who assemble at the same moment, the second is told so."""
    assert actor.key is not None
    try:
        with transaction.atomic():
            return PaymentRun.objects.create(
                number=_next_number(at),
                execution_on=next_execution_on(localdate(at)),
                total=sum((found.amount for found in payments), ZERO),
                count=len(payments),
                assembled_by=actor.key,
                assembled_at=at,
            )
    except IntegrityError as error:
        raise Faster(
            _("Gerade wurde ein anderer Lauf zusammengestellt. Bitte versuchen Sie es noch einmal.")
        ) from error


def release_run(run: PaymentRun, *, actor: Actor, at: datetime) -> PaymentRun:
    """The second person's release. Raises Refused for the author, Forbidden for who is bound to one of the recipients,
    Faster if the run moved on."""
    acting = _treasurer(actor)
    refusal = rules.may_release_run(run, actor=acting)
    if refusal:
        raise Refused(refusal)
    with transaction.atomic():
        _require_impartial(run.disbursements.all(), acting, at)
        _move(run, State.ASSEMBLED, State.RELEASED, released_by=acting.key, released_at=at)
        _tell("run_released", run, acting, at)
    return PaymentRun.objects.get(pk=run.pk)


def return_run(run: PaymentRun, *, actor: Actor, at: datetime, reason: str) -> PaymentRun:
    """Dissolves a run that has not left the house: its payments wait for another run."""
    acting = _treasurer(actor)
    with transaction.atomic():
        if not PaymentRun.objects.filter(pk=run.pk, state__in=[State.ASSEMBLED, State.RELEASED]).update(
            state=State.RETURNED
        ):
            raise Faster(_("Der Lauf ist schon bei der Bank."))
        run.disbursements.update(run=None)
        _tell("run_returned", run, acting, at, reason=reason)
    return PaymentRun.objects.get(pk=run.pk)


def export_run(run: PaymentRun, *, actor: Actor, at: datetime) -> PaymentRun:
    """Writes the SEPA file, checks it against the scheme and sends each payment through the door to „exported".

    A day of execution that has passed meanwhile moves to the next day on which banks pay. Raises Refused with the
    sentences of whatever cannot stand in the file.
    """
    acting = _treasurer(actor)
    with transaction.atomic():
        held = PaymentRun.objects.select_for_update().get(pk=run.pk)
        held.execution_on = max(held.execution_on, next_execution_on(localdate(at)))
        payments = list(held.disbursements.select_related("commitment").order_by("commitment_id", "pk"))
        content = _valid_file(held, payments)
        _move(
            held, State.RELEASED, State.EXPORTED, exported_at=at, execution_on=held.execution_on, file=content,
            file_sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        for found in payments:
            _take(found, "export", actor=acting, at=at)
        _tell("run_exported", held, acting, at)
    return PaymentRun.objects.get(pk=run.pk)


def _valid_file(run: PaymentRun, payments: Sequence[Disbursement]) -> bytes:
    """No file counts before the scheme accepts it."""
    if run.state != State.RELEASED:
        raise Faster(_("Der Lauf ist inzwischen weiter. Ihre Eingabe wurde nicht übernommen."))
    try:
        content = sepa_bytes(run, payments)
        sepa.validate(content)
    except sepa.SepaError as error:
        raise Refused(" ".join(error.sentences)) from error
    return content


def _take(payment: Disbursement, name: str, *, actor: Actor, at: datetime, **data: object) -> None:
    """One payment of a run through the door; a refusal says which one it was."""
    try:
        perform(payment, name, actor=actor, at=at, data=data)
    except Refused as refused:
        raise Refused(f"{payment.reference}: {refused.sentence}") from refused


def execute_run(run: PaymentRun, *, executed_on: date, actor: Actor, at: datetime) -> PaymentRun:
    """The bank has paid: each payment is booked in the ledger. Raises Refused for a day that cannot be."""
    acting = _treasurer(actor)
    _refuse_wrong_day(run, executed_on, localdate(at))
    with transaction.atomic():
        _move(run, State.EXPORTED, State.EXECUTED, executed_at=at)
        for found in _locked_payments(run):
            _take(found, "execute", actor=acting, at=at, executed_on=executed_on)
        _tell("run_executed", run, acting, at)
    return PaymentRun.objects.get(pk=run.pk)


def _locked_payments(run: PaymentRun) -> list[Disbursement]:
    """What the bank was sent. Its commitments, the payments and their lines are locked at once, in the one lock order
    of the house: a run touches many of each."""
    sent = run.disbursements.filter(state=DisbursementState.EXPORTED)
    commitments = Commitment.objects.filter(pk__in=sent.values("commitment_id"))
    list(commitments.select_for_update().order_by("pk").values_list("pk"))
    held = list(sent.select_for_update(of=("self",)).select_related("commitment__line").order_by("commitment_id", "pk"))
    ledger.lock_lines(found.commitment.line for found in held)
    return held


def _refuse_wrong_day(run: PaymentRun, executed_on: date, today: date) -> None:
    if executed_on > today:
        raise Refused(_("Der Tag liegt in der Zukunft. Bitte prüfen Sie das Datum."), field="executed_on")
    if run.exported_at is not None and executed_on < localdate(run.exported_at):
        raise Refused(_("An diesem Tag war die Datei noch nicht bei der Bank."), field="executed_on")


def _move(run: PaymentRun, source: str, target: str, **fields: object) -> None:
    if not PaymentRun.objects.filter(pk=run.pk, state=source).update(state=target, **fields):
        raise Faster(_("Der Lauf ist inzwischen weiter. Ihre Eingabe wurde nicht übernommen."))


def _treasurer(actor: Actor) -> Actor:
    if not actor.has_role(Role.TREASURY):
        raise Forbidden(_("Zahlungsläufe führt die Kreiskasse."))
    return actor.acting_as(Role.TREASURY)


def _tell(kind: str, run: PaymentRun, actor: Actor, at: datetime, *, reason: str = "") -> None:
    record(
        kind,
        thread=run.number,
        subject=("funding.paymentrun", run.pk),
        actor=actor,
        at=at,
        reason=reason,
        facts={"total": str(run.total), "count": run.count},
    )


def _next_number(at: datetime) -> str:
    year = localdate(at).year
    return f"ZL-{year}-{PaymentRun.objects.filter(number__startswith=f'ZL-{year}-').count() + 1:04d}"


def paying_account(*, on: date) -> sepa.Account:
    """The treasury's account as the letterhead names it on that day."""
    letterhead = values.texts("letterhead.", on=on)
    return sepa.Account(name=letterhead["county"], iban=letterhead["iban"], bic=letterhead["bic"])


def sepa_bytes(run: PaymentRun, payments: Sequence[Disbursement]) -> bytes:
    """pain.001.001.09 of the run: the same bytes for the same run, so that a re-export is recognised."""
    return sepa.write(
        sepa.Order(
            message_id=run.number,
            created_at=run.released_at or run.assembled_at,
            execute_on=run.execution_on,
            payer=paying_account(on=run.execution_on),
            payments=tuple(
                sepa.Payment(
                    end_to_end_id=found.reference,
                    amount=found.amount,
                    payee=sepa.Account(name=found.payee_name, iban=found.payee_iban),
                    purpose=found.purpose,
                )
                for found in payments
            ),
        )
    )
