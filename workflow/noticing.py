"""What stands out in a case, looked at by the computer: a fixed number of queries. Nothing here writes.

Rules 24, 29 and 30 of the house's catalogue of cases: the same account elsewhere, double funding, debts of the recipient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from applications.models import CostLine, Organisation, SourceLine
from funding.law.grants import FundingSourceKind
from funding.models import Clawback, Resolution
from funding.models.clawback import OPEN as OPEN_CLAWBACKS
from funding.money import format_money
from journal import formats, values
from workflow import competence
from workflow.models.review import Finding

if TYPE_CHECKING:
    from workflow.models import Case

Code = Finding.Code
ZERO = Decimal("0.00")
OVER = ("withdrawn", "lapsed", "rejected")
PUBLIC = frozenset({
    FundingSourceKind.COUNTY_GRANT, FundingSourceKind.PUBLIC_MUNICIPALITY, FundingSourceKind.PUBLIC_STATE,
    FundingSourceKind.PUBLIC_FEDERAL, FundingSourceKind.PUBLIC_EU,
})  # fmt: skip
MOST = 5
"""Of one kind: more would hide what matters."""


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """`fingerprint` tells one finding of a kind from another: a reason given for it holds for nothing else."""

    code: Code
    fingerprint: str = ""
    sentence: str
    is_hard: bool = False


# What is looked at


@dataclass
class Facts:
    """A case and what is known of its organisation; each property is read once."""

    case: Case
    today: date

    @cached_property
    def similarity(self) -> float:
        return values.number("finding.similarity", on=self.today) / 100

    @cached_property
    def others(self) -> list[Case]:
        """The organisation's other cases that are still worth anything, the newest first."""
        cases = type(self.case)._default_manager.filter(application__organisation=self.case.application.organisation_id)
        known = cases.exclude(pk=self.case.pk).exclude(state__in=OVER).select_related("application")
        return list(known.order_by("-received_at").defer("proposal_reason", "decision_reason", "application__summary"))

    @cached_property
    def overlapping(self) -> list[Case]:
        own = self.case.application
        return [other for other in self.others if overlap(own, other.application)]

    @cached_property
    def costs(self) -> dict[int, list[CostLine]]:
        """The lines of this plan and of those in the same time, by application."""
        known = {self.case.application_id, *(other.application_id for other in self.overlapping)}
        found: dict[int, list[CostLine]] = {pk: [] for pk in known}
        for line in CostLine.objects.filter(application__in=known):
            found[line.application_id].append(line)
        return found

    def is_similar(self, other: Case) -> bool:
        return alike(self.case.application.title, other.application.title) >= self.similarity


def overlap(one: Any, other: Any) -> bool:
    """Whether two projects run at the same time; without days nothing is known."""
    if None in {one.starts_on, one.ends_on, other.starts_on, other.ends_on}:
        return False
    return bool(one.starts_on <= other.ends_on and other.starts_on <= one.ends_on)


def alike(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1; words may stand in another order."""
    words, theirs = one.casefold().split(), other.casefold().split()
    if not words or not theirs:
        return 0.0
    return max(_ratio(words, theirs), _ratio(sorted(words), sorted(theirs)))


def _ratio(words: list[str], theirs: list[str]) -> float:
    return SequenceMatcher(None, " ".join(words), " ".join(theirs)).ratio()


# What is noticed


def compute(case: Case, *, today: date) -> list[Noticed]:
    """Everything that stands out now, in German: the file is kept in it. At most seven queries."""
    facts = Facts(case, today)
    with translation.override("de"):
        return [
            *_first(_double_funding(facts)), *_overfunded(facts), *_first(_duplicates(facts)),
            *_first(_same_account(facts)), *debts(facts), *_split(facts),
        ]  # fmt: skip


def _first(found: Iterator[Noticed]) -> list[Noticed]:
    return [one for _place, one in zip(range(MOST), found, strict=False)]


def _duplicates(facts: Facts) -> Iterator[Noticed]:
    """A similar application of the same organisation in the same round."""
    own = facts.case.application
    for other in facts.others:
        if other.application.round_id == own.round_id and facts.is_similar(other):
            yield Noticed(
                code=Code.DUPLICATE,
                fingerprint=other.reference,
                sentence=_("Ähnlicher Antrag in derselben Runde: %(reference)s „%(title)s“")
                % {"reference": other.reference, "title": other.application.title},
            )


def _double_funding(facts: Facts) -> Iterator[Noticed]:
    """The same organisation at the same time elsewhere: a similar title, or the very same expense."""
    for other in facts.overlapping:
        if other.application.round_id == facts.case.application.round_id:
            continue
        shared = _shared_cost(facts, other)
        if not shared and not facts.is_similar(other):
            continue
        yield Noticed(
            code=Code.DOUBLE_FUNDING,
            fingerprint=other.reference,
            sentence=_double_sentence(other, shared),
        )


def _shared_cost(facts: Facts, other: Case) -> CostLine | None:
    own = {_mark(line) for line in facts.costs[facts.case.application_id] if line.amount > ZERO and line.description}
    theirs = facts.costs[other.application_id]
    return next((line for line in theirs if _mark(line) in own), None)


def _mark(line: CostLine) -> tuple[str, str, Decimal]:
    return line.category, " ".join(line.description.casefold().split()), line.amount


def _double_sentence(other: Case, shared: CostLine | None) -> str:
    names = {"reference": other.reference, "title": other.application.title}
    if shared is None:
        return _("Im selben Zeitraum gibt es %(reference)s „%(title)s“ mit ähnlichem Namen.") % names
    return _("Dieselbe Ausgabe steht in %(reference)s „%(title)s“: %(what)s, %(amount)s") % {
        **names,
        "what": shared.description,
        "amount": format_money(shared.amount),
    }


def _overfunded(facts: Facts) -> Iterator[Noticed]:
    """Public money, ours included, above the costs."""
    lines = SourceLine.objects.filter(application=facts.case.application_id, kind__in=PUBLIC)
    public = sum((line.amount for line in lines if line.status != SourceLine.Status.DECLINED), ZERO)
    costs = sum((line.amount for line in facts.costs[facts.case.application_id]), ZERO)
    if public > costs:
        yield Noticed(
            code=Code.OVERFUNDED,
            sentence=_("Öffentliche Mittel %(public)s sind höher als die Ausgaben %(costs)s.")
            % {"public": format_money(public), "costs": format_money(costs)},
            is_hard=True,
        )


def _same_account(facts: Facts) -> Iterator[Noticed]:
    own = facts.case.application.organisation
    if not own.iban:
        return
    for other in Organisation.objects.filter(iban=own.iban).exclude(pk=own.pk).only("key", "name")[:MOST]:
        yield Noticed(
            code=Code.SAME_ACCOUNT,
            fingerprint=str(other.key),
            sentence=_("Dieselbe Bankverbindung hat „%(name)s“.") % {"name": other.name},
        )


def debts(facts: Facts) -> Iterator[Noticed]:
    """What the recipient still owes: it changes without anybody touching the case."""
    yield from _overdue_reports(facts)
    yield from _open_claims(facts)


def _overdue_reports(facts: Facts) -> Iterator[Noticed]:
    cases = type(facts.case)._default_manager.exclude(pk=facts.case.pk)
    late = cases.filter(
        application__organisation=facts.case.application.organisation_id,
        award__state="report_due",
        award__report_due_on__lt=facts.today,
    )
    for reference, due_on in late.order_by("award__report_due_on").values_list("reference", "award__report_due_on"):
        yield Noticed(
            code=Code.OVERDUE_REPORT,
            fingerprint=f"{reference} {due_on}",
            sentence=_("Der Nachweis zu %(reference)s ist seit %(day)s überfällig.")
            % {"reference": reference, "day": formats.plain_day(due_on)},
            is_hard=True,
        )


def _open_claims(facts: Facts) -> Iterator[Noticed]:
    key = facts.case.application.organisation.key
    claims = Clawback.objects.filter(commitment__payee_key=key, state__in=OPEN_CLAWBACKS)
    for claim in claims.select_related("commitment").order_by("pk"):
        yield Noticed(
            code=Code.OPEN_CLAIM,
            fingerprint=f"{claim.commitment.thread} {claim.pk}",
            sentence=_("In %(reference)s ist eine Rückforderung von %(amount)s offen.")
            % {"reference": claim.commitment.thread, "amount": format_money(claim.amount)},
            is_hard=True,
        )


def _split(facts: Facts) -> Iterator[Noticed]:
    """Each below a threshold, together above it."""
    case, same = facts.case, [other for other in facts.others if _same_purpose(facts, other)]
    if not same:
        return
    table = competence.thresholds_on(facts.today)
    amounts = [_amount(one) for one in (case, *same)]
    alone, together = competence.body_among(table, max(amounts)), competence.body_among(table, sum(amounts, ZERO))
    if alone != together:
        yield Noticed(
            code=Code.SPLIT,
            fingerprint=f"{together} {len(same)}",
            sentence=_("Zusammen mit %(others)s sind es %(sum)s. Dafür ist zuständig: %(body)s.")
            % {
                "others": ", ".join(other.reference for other in same[:MOST]),
                "sum": format_money(sum(amounts, ZERO)),
                "body": Resolution.Body(together).label,
            },
        )


def _same_purpose(facts: Facts, other: Case) -> bool:
    """The same year and programme, and the same measure or a similar name."""
    own = facts.case
    if (other.fiscal_year, other.programme_id) != (own.fiscal_year, own.programme_id):
        return False
    measure = own.application.measure_id
    return (measure is not None and other.application.measure_id == measure) or facts.is_similar(other)


def _amount(case: Case) -> Decimal:
    return case.requested_amount if case.decided_amount is None else case.decided_amount
