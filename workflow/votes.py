"""How a body voted: entered once, corrected with a trace as long as nothing has followed, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from funding.law.votes import Tally
from funding.models import Resolution
from funding.money import format_money
from journal import formats
from journal.actors import Actor
from journal.events import record as note
from journal.refusals import Faster, Refused
from workflow import sessions
from workflow.conflicts import members_involved, refuse_votes
from workflow.models import (
    Body,
    BulkJob,
    CaseResolution,
    Consultation,
    ConsultationCase,
    CouncilPaper,
    PaperCase,
    Recusal,
    Session,
)

ZERO = Decimal("0.00")
Outcome, Part = Consultation.Outcome, Consultation.Part
RESOLVED = (Outcome.ADOPTED, Outcome.AMENDED, Outcome.REJECTED)
"""Outcomes by which the body has spoken; the others leave the question open."""
FAVOURABLE = (Outcome.ADOPTED, Outcome.AMENDED)
LABEL = "workflow.consultation"


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """What the minutes say. `amounts` by case and `recused` (the reason) by member, both by primary key."""

    outcome: str
    wording: str = ""
    number: str = ""
    minutes: str = ""
    tally: Tally | None = None
    amounts: dict[int, Decimal] = field(default_factory=dict)
    recused: dict[int, str] = field(default_factory=dict)
    refer_to: Body | None = None


# Reading


def consultations() -> QuerySet[Consultation]:
    return Consultation.objects.select_related("paper__line", "body", "session__body", "resolution")


def involved(consultation: Consultation) -> dict[int, str]:
    """The members who are bound to an association of the paper, and how (§ 41 NKomVG)."""
    cases = [row.case for row in listed(consultation)]
    found = members_involved(consultation.body, cases, on=day_of(consultation))
    return {entry.member.pk: entry.reason for entry in found}


def day_of(consultation: Consultation) -> date:
    assert consultation.session is not None
    return consultation.session.held_on


def basis(consultation: Consultation) -> dict[int, Decimal]:
    """The amounts that lay before the body, by case: as the body before it changed them, else as the paper proposes."""
    before = _basis_row(consultation)
    if before is not None:
        return {row.case_id: row.amount for row in before.cases.all()}
    return {row.case_id: row.amount for row in consultation.paper.cases.all()}


def proposed_wording(consultation: Consultation) -> str:
    before = _basis_row(consultation)
    return before.wording if before is not None else consultation.paper.proposed_resolution


def _basis_row(consultation: Consultation) -> Consultation | None:
    earlier = consultation.paper.consultations.filter(position__lt=consultation.position, outcome__in=FAVOURABLE)
    return earlier.order_by("-position").first()


def listed(consultation: Consultation) -> list[PaperCase]:
    return list(
        consultation.paper.cases.select_related("case__application__organisation", "case__programme", "case__award")
    )


def not_heard(consultation: Consultation) -> list[Consultation]:
    """Bodies that come before this one and have not spoken."""
    earlier = consultation.paper.consultations.filter(position__lt=consultation.position, is_wanted=True, outcome="")
    return list(earlier.select_related("body"))


def has_followed(consultation: Consultation) -> bool:
    """Whether decisions rest on it: then the entry stands."""
    if BulkJob.objects.filter(consultation=consultation).exists():
        return True
    own = CaseResolution.objects.filter(resolution=consultation.resolution_id)
    return consultation.resolution_id is not None and own.exists()


# Entering


def refusal(consultation: Consultation, *, today: date) -> str | None:
    """Why no vote can be entered here, or None."""
    session = consultation.session
    if not consultation.is_wanted:
        return _("Dieses Gremium ist in der Beratungsfolge nicht vorgesehen.")
    if consultation.paper.state == CouncilPaper.State.DRAFT:
        return _("Die Vorlage ist noch nicht festgeschrieben.")
    if session is None:
        return _("Für diese Beratung ist noch keine Sitzung eingetragen.")
    if session.state == Session.State.CANCELLED:
        return _("Die Sitzung ist abgesagt. Bitte tragen Sie eine andere ein.")
    if session.held_on > today:
        return _("Die Sitzung ist erst am %(day)s.") % {"day": formats.plain_day(session.held_on)}
    return None


def record(consultation: Consultation, ballot: Ballot, *, actor: Actor, at: datetime) -> Consultation:
    """Enters how the body voted, once. Raises Refused with its field, and Faster where it is entered already."""
    with transaction.atomic():
        held = _held(consultation)
        if held.outcome:
            raise already(held)
        _check(held, ballot, today=localdate(at))
        _write(held, ballot, actor=actor, at=at)
        _tell("vote_recorded", held, ballot, actor=actor, at=at)
        return held


def correct(consultation: Consultation, ballot: Ballot, *, reason: str, actor: Actor, at: datetime) -> Consultation:
    """Enters it anew; the journal keeps what stood there before, and why it was wrong."""
    with transaction.atomic():
        held = _held(consultation)
        if not held.outcome:
            raise Refused(_("Hier ist noch kein Ergebnis eingetragen."))
        if has_followed(held):
            raise Refused(_("Auf diesem Beschluss beruhen schon Entscheidungen. Er lässt sich nicht mehr berichtigen."))
        before = facts_of(held)
        _clear(held)
        _check(held, ballot, today=localdate(at))
        _write(held, ballot, actor=actor, at=at)
        _tell("vote_corrected", held, ballot, actor=actor, at=at, reason=reason, before=before)
        return held


def already(consultation: Consultation) -> Faster:
    return Faster(
        _("Das Ergebnis ist schon eingetragen: %(outcome)s. Ihre Eingabe wurde nicht übernommen.")
        % {"outcome": consultation.get_outcome_display()}
    )


def _held(consultation: Consultation) -> Consultation:
    """Locked: two people who enter the same vote come one after the other."""
    locked = Consultation.objects.select_for_update(of=("self",)).select_related("paper", "body", "session")
    return locked.get(pk=consultation.pk)


def _check(held: Consultation, ballot: Ballot, *, today: date) -> None:
    sentence = refusal(held, today=today)
    if sentence:
        raise Refused(sentence)
    _check_votes(held, ballot)
    _check_amounts(held, ballot)
    if ballot.outcome == Outcome.REFERRED and ballot.refer_to in {None, held.body}:
        raise Refused(_("Bitte wählen Sie das Gremium, an das verwiesen wurde."), field="refer_to")


def _check_votes(held: Consultation, ballot: Ballot) -> None:
    """More yes than no adopts, a tie rejects; who is excluded casts no vote (§§ 41, 66 NKomVG)."""
    if ballot.outcome in RESOLVED and ballot.tally is None:
        raise Refused(_("Bitte schreiben Sie die Stimmen."), field="votes_yes")
    if ballot.tally is None:
        return
    if ballot.outcome in RESOLVED and ballot.tally.is_adopted != (ballot.outcome in FAVOURABLE):
        raise Refused(
            _("Das passt nicht zu den Stimmen: Mehr Ja als Nein ist angenommen, Gleichstand ist abgelehnt."),
            field="outcome",
        )
    sentence = refuse_votes(
        held.body, [row.case for row in listed(held)], recused=ballot.recused.keys(), votes=ballot.tally.cast,
        on=day_of(held),
    )  # fmt: skip
    if sentence:
        raise Refused(sentence, field="votes_yes")


def _check_amounts(held: Consultation, ballot: Ballot) -> None:
    """Adopted is what lay before the body; changed is changed in words or in money; nobody gets more than asked."""
    if ballot.outcome not in FAVOURABLE:
        return
    is_changed = ballot.amounts != basis(held) or ballot.wording.split() != proposed_wording(held).split()
    if ballot.outcome == Outcome.ADOPTED and ballot.amounts != basis(held):
        raise Refused(
            _("Die Beträge weichen von dem ab, was vorlag. Dann ist das Ergebnis „geändert angenommen“."),
            field="outcome",
        )
    if ballot.outcome == Outcome.AMENDED and not is_changed:
        raise Refused(
            _("Beträge und Beschlusstext sind wie vorgelegt. Dann ist das Ergebnis „angenommen“."), field="outcome"
        )
    for row in held.paper.cases.select_related("case"):
        if ballot.amounts.get(row.case_id, ZERO) > row.case.requested_amount:
            raise Refused(
                _("Der Betrag ist höher als beantragt. Beantragt sind %(amount)s.")
                % {"amount": format_money(row.case.requested_amount)},
                field=f"amount_{row.case_id}",
            )


def _write(held: Consultation, ballot: Ballot, *, actor: Actor, at: datetime) -> None:
    tally = ballot.tally
    held.outcome, held.wording, held.minutes = ballot.outcome, ballot.wording, ballot.minutes
    held.votes_yes = tally.yes if tally else None
    held.votes_no = tally.no if tally else None
    held.votes_abstained = tally.abstentions if tally else None
    held.recorded_by, held.recorded_at = actor.key, at
    held.resolution = _resolution(held, ballot) if ballot.outcome in RESOLVED else None
    held.save()
    _write_parts(held, ballot)
    if held.session is not None:
        sessions.hold(held.session, actor=actor, at=at)
    _queue_again(held, ballot)
    _move_paper(held, ballot)


def _move_paper(held: Consultation, ballot: Ballot) -> None:
    """Decided once the body that decides has spoken. Its version tells whoever has it open that it is no longer as read."""
    paper = CouncilPaper.objects.filter(pk=held.paper_id).exclude(state=CouncilPaper.State.DRAFT)
    moved: dict[str, Any] = {"version": F("version") + 1}
    if held.part == Part.DECIDES:
        is_decided = ballot.outcome in RESOLVED
        moved["state"] = CouncilPaper.State.DECIDED if is_decided else CouncilPaper.State.FROZEN
    if not paper.update(**moved):
        raise Faster(_("Die Vorlage ist gerade zurückgenommen worden. Ihre Eingabe wurde nicht übernommen."))


def _write_parts(held: Consultation, ballot: Ballot) -> None:
    amounts = ballot.amounts if ballot.outcome in FAVOURABLE else dict.fromkeys(ballot.amounts, ZERO)
    if ballot.outcome in RESOLVED:
        ConsultationCase.objects.bulk_create(
            [ConsultationCase(consultation=held, case_id=case, amount=amount) for case, amount in amounts.items()]
        )
    Recusal.objects.bulk_create(
        [Recusal(consultation=held, member_id=member, reason=reason) for member, reason in ballot.recused.items()]
    )


def _resolution(held: Consultation, ballot: Ballot) -> Resolution:
    """The register has each resolution once."""
    if not ballot.number:
        raise Refused(_("Bitte schreiben Sie die Nummer des Beschlusses."), field="number")
    try:
        with transaction.atomic():
            return Resolution.objects.create(
                body=held.body.kind, resolved_on=day_of(held), number=ballot.number, subject=held.paper.subject
            )
    except IntegrityError as error:
        raise Refused(
            _("Diese Nummer hat schon ein anderer Beschluss des Gremiums von diesem Tag."), field="number"
        ) from error


# Deferred and referred


def _queue_again(held: Consultation, ballot: Ballot) -> None:
    """A deferred item waits for the body's next session; a referred one goes to the other body and then comes back."""
    if ballot.outcome == Outcome.DEFERRED:
        _insert_after(held, (held.body, held.part))
    elif ballot.outcome == Outcome.REFERRED:
        assert ballot.refer_to is not None
        _insert_after(held, (ballot.refer_to, Part.ADVISES), (held.body, held.part))


def _insert_after(held: Consultation, *rows: tuple[Body, str]) -> None:
    """The rows behind make room from the last one on: each position is given once."""
    later = held.paper.consultations.filter(position__gt=held.position)
    for key, position in list(later.order_by("-position").values_list("pk", "position")):
        Consultation.objects.filter(pk=key).update(position=position + len(rows))
    for number, (body, part) in enumerate(rows, start=1):
        Consultation.objects.create(paper=held.paper, body=body, part=part, position=held.position + number)


def _clear(held: Consultation) -> None:
    """What the wrong entry had brought about is taken away; raises Refused where others have built on it."""
    old, count = held.resolution, {Outcome.DEFERRED: 1, Outcome.REFERRED: 2}.get(Outcome(held.outcome), 0)
    held.cases.all().delete()
    held.recusals.all().delete()
    held.outcome, held.resolution = "", None
    held.save(update_fields=["outcome", "resolution"])
    if old is not None:
        _strike(old)
    following = held.paper.consultations.filter(position__gt=held.position, position__lte=held.position + count)
    if following.exclude(session__isnull=True, outcome="").exists():
        raise Refused(_("Der Punkt ist schon auf einer neuen Tagesordnung. Bitte nehmen Sie ihn dort zuerst herunter."))
    following.delete()


def _strike(resolution: Resolution) -> None:
    try:
        resolution.delete()
    except ProtectedError as error:
        raise Refused(_("Auf diesem Beschluss beruht schon eine Buchung im Haushalt.")) from error


# The journal


def facts_of(held: Consultation) -> dict[str, Any]:
    """The entry in plain values, as the journal keeps it."""
    return {
        "outcome": held.outcome,
        "votes": [held.votes_yes, held.votes_no, held.votes_abstained],
        "wording": held.wording,
        "amounts": {row.case.reference: str(row.amount) for row in held.cases.select_related("case")},
        "recused": [recusal.member_id for recusal in held.recusals.all()],
    }


def _tell(
    kind: str, held: Consultation, ballot: Ballot, *, actor: Actor, at: datetime, reason: str = "",
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    facts = facts_of(held) | ({"before": before} if before else {})
    note(
        kind, thread=held.paper.number, subject=(LABEL, held.pk), actor=actor, at=at, reason=reason, facts=facts,
        states=("", ballot.outcome),
    )  # fmt: skip
