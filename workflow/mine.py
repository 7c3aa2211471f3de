"""What an association sees of its own projects: rows, money and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import names_of
from applications import completeness, lateness, queries
from applications.completeness import Section
from applications.models import Application
from applications.views import frame
from funding.law.periods import Channel
from funding.models import Commitment
from funding.money import format_money
from funding.programmes import last_day
from journal import formats
from journal.actors import Actor
from workflow import labels
from workflow.models import Award, AwardState, Case, CaseState
from workflow.models.case import CLOSED
from workflow.queries import award_of
from workflow.signing import Standing, standings
from workflow.timeline import is_disclosed, since_of

ZERO = Decimal("0.00")
ENDED = {AwardState.CLOSED, AwardState.RENOUNCED, AwardState.REVOKED}


@dataclass(frozen=True, kw_only=True)
class Money:
    """Euros; `granted` is None as long as the association may not know."""

    requested: Decimal
    granted: Decimal | None = None
    paid: Decimal = ZERO
    final: Decimal | None = None

    @property
    def open(self) -> Decimal:
        return max((self.granted or ZERO) - self.paid, ZERO)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One project in the list."""

    application: Application
    case: Case | None
    money: Money
    url: str
    label: labels.Label
    sentence: str
    day: str
    signing: Standing | None = None

    @property
    def title(self) -> str:
        return str(self.application)

    @property
    def award(self) -> Award | None:
        return award_of(self.case) if self.case else None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What to do now: a title, a sentence, one button."""

    title: str
    text: str
    url: str = ""
    button: str = ""
    rank: int = 9
    more: list[tuple[str, str]] = field(default_factory=list)


def rows_of(actor: Actor, *, at: datetime) -> list[Row]:
    """All projects of the person's organisations, newest first: three queries, however many there are.

    Drafts that a second person signs need a few more, the same for one and for thirty.
    """
    own = list(queries.of_member(actor).select_related("late_link").order_by("-updated_at"))
    cases = {case.application_id: case for case in _cases(own)}
    paid = commitments_by_thread(case.reference for case in cases.values())
    signing = standings([application for application in own if application.filed_at is None], actor)
    return [_row(application, cases.get(application.pk), paid, at, signing) for application in own]


def drafts_in(rows: Sequence[Row], *, actor: Actor) -> list[tuple[Row, str]]:
    """The drafts with who wrote last: so that nobody begins what a colleague has begun."""
    found = [row for row in rows if row.case is None]
    names = names_of({row.application.updated_by for row in found}) if found else {}
    return [(row, _last_hand(row.application.updated_by, names, actor)) for row in found]


def _last_hand(key: UUID | None, names: dict[UUID, str], actor: Actor) -> str:
    if key == actor.key:
        return _("von Ihnen")
    name = names.get(key) if key else None
    return _("von %(name)s") % {"name": name} if name else ""


def _cases(own: Sequence[Application]) -> Iterable[Case]:
    by_key = {application.pk: application for application in own}
    for case in Case.objects.filter(application__in=by_key).select_related("programme", "award"):
        case.application = by_key[case.application_id]
        yield case


def commitments_by_thread(references: Iterable[str]) -> dict[str, list[Commitment]]:
    found: dict[str, list[Commitment]] = {}
    for commitment in Commitment.objects.filter(thread__in=list(references)).order_by("pk"):
        found.setdefault(commitment.thread, []).append(commitment)
    return found


def money_of(case: Case, commitments: Sequence[Commitment]) -> Money:
    award = award_of(case)
    if award is None or not is_disclosed(case):
        return Money(requested=case.requested_amount)
    paid = sum((commitment.paid for commitment in commitments), ZERO)
    granted = ZERO if award.state in {AwardState.RENOUNCED, AwardState.REVOKED} else award.amount
    final = award.final_amount
    return Money(requested=case.requested_amount, granted=granted if final is None else final, paid=paid, final=final)


def _row(
    application: Application,
    case: Case | None,
    paid: dict[str, list[Commitment]],
    at: datetime,
    signing: dict[int, Standing],
) -> Row:
    if case is None:
        return _draft_row(application, at, signing.get(application.pk))
    money = money_of(case, paid.get(case.reference, ()))
    return Row(
        application=application,
        case=case,
        money=money,
        url=reverse("workflow:my_case", args=[application.key]),
        label=labels.for_association(case, award_of(case)),
        sentence=f"{case.reference} · {_money_sentence(money, case)}",
        day=_day_of(case),
    )


def _draft_row(application: Application, at: datetime, signing: Standing | None) -> Row:
    return Row(
        application=application,
        case=None,
        money=Money(requested=ZERO),
        url=reverse("workflow:file", args=[application.key]),
        label=labels.DRAFT,
        sentence=_("Entwurf · zuletzt gespeichert %(when)s") % {"when": formats.moment(application.updated_at)},
        day=_until(application, at),
        signing=signing,
    )


def _until(application: Application, at: datetime) -> str:
    if at < lateness.end_of(application):
        return _("bis %(day)s") % {"day": formats.day(last_day(lateness.end_of(application)))}
    return _("Frist vorbei, verspätet möglich") if application.round.accepts_late else _("Runde ist vorbei")


def _money_sentence(money: Money, case: Case) -> str:
    if money.granted is None:
        return _("beantragt %(amount)s") % {"amount": format_money(money.requested)}
    award = award_of(case)
    if award is not None and award.state in ENDED:
        return _("%(amount)s erhalten") % {"amount": format_money(money.paid)}
    if money.paid:
        return _("bewilligt %(amount)s, davon %(paid)s ausgezahlt") % {
            "amount": format_money(money.granted),
            "paid": format_money(money.paid),
        }
    return _("bewilligt bis zu %(amount)s") % {"amount": format_money(money.granted)}


def _day_of(case: Case) -> str:
    award = award_of(case)
    due = case.answer_due_on
    if award is not None and award.state == AwardState.REPORT_DUE:
        due = award.report_due_on
    if due is not None:
        return _("bis %(day)s") % {"day": formats.day(due)}
    return _("seit %(day)s") % {"day": formats.day(since_of(case))}


# What to do next


def next_step(rows: Sequence[Row], *, today: date) -> Step:
    """The one thing that matters most now; with nothing to do, a new application."""
    found = [step for row in rows if (step := step_of(row, today=today))]
    if not found:
        return new_step(rows)
    return min(found, key=lambda step: step.rank)


def running(rows: Sequence[Row], step: Step) -> Row | None:
    """The project whose story is told on the first page: the one to act on, else one with an award, else the newest."""
    alive = [row for row in rows if row.case and row.case.state not in CLOSED and row.label is not labels.REJECTED]
    acted_on = [row for row in alive if row.url == step.url]
    awarded = [row for row in alive if row.award is not None and row.award.state not in ENDED]
    return next(iter([*acted_on, *awarded, *alive]), None)


def new_step(rows: Sequence[Row]) -> Step:
    text = (
        _("Im Moment müssen Sie nichts tun. Wir melden uns.")
        if rows
        else _("Noch keine Anträge. Sie können jetzt einen beginnen.")
    )
    return Step(
        title=_("Gerade ist nichts offen") if rows else _("Ihr erster Antrag"),
        text=text,
        url=reverse("funding:programme_list"),
        button=_("Neuen Antrag beginnen"),
    )


def step_of(row: Row, *, today: date) -> Step | None:
    """What this project asks of the association, most urgent first; None if it waits for the office."""
    if row.case is None:
        return _write_on(row, today)
    if row.case.state == CaseState.INFO_REQUESTED:
        return _asked(row, _("Wir haben eine Rückfrage"), _("Antwort schreiben"))
    if row.case.state == CaseState.REVISION_OFFERED:
        return _asked(row, _("Wir machen Ihnen ein Angebot"), _("Angebot ansehen"))
    return _from_award(row, row.award) if row.award else None


def _from_award(row: Row, award: Award) -> Step | None:
    if award.state == AwardState.ISSUED and award.channel == Channel.PORTAL:
        text = _("Zu „%(title)s“ liegt ein Bescheid für Sie bereit.") % {"title": row.title}
        return Step(title=_("Bescheid abholen"), text=text, url=row.url, button=_("Zum Bescheid"), rank=1)
    if award.state == AwardState.REPORT_DUE:
        text = _("Für „%(title)s“ brauchen wir den Nachweis bis %(day)s.")
        facts = {"title": row.title, "day": formats.day_long(award.report_due_on)}
        return Step(title=_("Nachweis vorbereiten"), text=text % facts, url=row.url, button=_("Zum Projekt"), rank=2)
    return None


def _asked(row: Row, title: str, button: str) -> Step:
    assert row.case is not None
    assert row.case.answer_due_on is not None
    text = _("Zu „%(title)s“ brauchen wir bis %(day)s eine Antwort von Ihnen.")
    day = formats.day_long(row.case.answer_due_on)
    return Step(title=title, text=text % {"title": row.title, "day": day}, url=row.url, button=button, rank=1)


def _write_on(row: Row, today: date) -> Step | None:
    last = last_day(lateness.end_of(row.application))
    if last < today and not row.application.round.accepts_late:
        return None
    signed = signing_step(row, last)
    if signed is not None:
        return signed
    text = (
        _("„%(title)s“ ist ein Entwurf. Sie können bis %(day)s einreichen.")
        if last >= today
        else _("„%(title)s“ ist ein Entwurf. Die Frist war am %(day)s, verspätet geht es noch.")
    )
    return Step(
        title=_("Antrag fertig schreiben"),
        text=text % {"title": row.title, "day": formats.day_long(last)},
        url=row.url,
        button=_("Entwurf weiterschreiben"),
        rank=3,
        more=[(reverse("funding:programme_list"), _("Neuen Antrag beginnen"))],
    )


def signing_step(row: Row, last: date) -> Step | None:
    """Where a second person signs: whose turn it is. None as long as nobody asked for it."""
    stand = row.signing
    if stand is None:
        return None
    facts = {"title": row.title, "day": formats.day_long(last), "names": ", ".join(stand.others)}
    if stand.waits_for_me:
        return Step(
            title=_("Ihre Unterschrift fehlt"),
            text=_("„%(title)s“ ist fertig geschrieben und wartet auf Ihre Unterschrift. Frist ist der %(day)s.")
            % facts,
            url=reverse("workflow:sign", args=[row.application.key]),
            button=_("Lesen und unterschreiben"),
            rank=2,
        )
    if stand.is_signed:
        text = _("„%(title)s“ ist unterschrieben. Sie können bis %(day)s einreichen.") % facts
        return Step(title=_("Antrag einreichen"), text=text, url=row.url, button=_("Prüfen und einreichen"), rank=2)
    if not stand.waits_for_others:
        return None
    text = _("„%(title)s“ wartet auf eine zweite Person aus Ihrer Organisation.") % facts
    if stand.others:
        text = _("„%(title)s“ wartet auf eine zweite Person aus Ihrer Organisation: %(names)s.") % facts
    return Step(title=_("Wartet auf die zweite Person"), text=text, url=row.url, button=_("Antrag ansehen"), rank=8)


def missing_sentence(application: Application, *, today: date) -> str:
    missing = completeness.missing_in(application, today=today)
    if not missing:
        return _("Alle Angaben sind da.")
    return ngettext("Es fehlt noch eine Angabe.", "Es fehlen noch %(count)s Angaben.", len(missing)) % {
        "count": formats.count_word(len(missing))
    }


def place_of(application: Application, item: completeness.Missing) -> str:
    """The address of the field where something is missing, or of the second signature."""
    if item.section == completeness.SIGNATURE:
        return f"{reverse('workflow:file', args=[application.key])}#zweite-unterschrift"
    return frame.place_of(application, item)


def section_links(application: Application, sections: Iterable[str]) -> list[tuple[str, Any]]:
    """The steps that the office opened again."""
    return [
        (reverse("applications:step", args=[application.key, section]), completeness.SECTION_LABELS[Section(section)])
        for section in sections
    ]
