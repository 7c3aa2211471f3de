"""The list of cases as an address asks for it: view, filters, order and columns; and who stands beside a case in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant
from accounts.roles import Role
from funding import money
from funding.models import BudgetLine, Measure, Municipality, Programme
from journal.actors import Actor
from workflow import queries
from workflow.forms.case_filter import NOBODY, CaseFilter
from workflow.models import Case, Label

WORKERS = (Role.CASEWORKER, Role.COORDINATOR, Role.TECHNICAL_REVIEWER)
"""To whom a case is given, and who works on the desk."""
LONGEST = 1000
"""Characters of an address that are kept in a saved view."""


# Columns


@dataclass(frozen=True, kw_only=True)
class Column:
    """`sort` is a name of SORTS, if the list can go by it; `total` the sum below it, a field of `queries.Totals`."""

    slug: str
    label: Any
    kind: str = "text"
    sort: str = ""
    total: str = ""


COLUMNS = (
    Column(slug="nummer", label=_("Nummer"), kind="reference", sort="nummer"),
    Column(slug="programm", label=_("Programm"), sort="programm"),
    Column(slug="gemeinde", label=_("Gemeinde"), sort="gemeinde"),
    Column(slug="massnahme", label=_("Maßnahme"), sort="massnahme"),
    Column(slug="status", label=_("Status"), kind="status", sort="status"),
    Column(slug="betrag", label=_("Betrag"), kind="money", sort="betrag", total="amount"),
    Column(slug="beantragt", label=_("Beantragt"), kind="money", sort="beantragt", total="requested"),
    Column(slug="bewilligt", label=_("Bewilligt"), kind="money", sort="bewilligt", total="decided"),
    Column(slug="eingang", label=_("Eingang"), kind="day", sort="eingang"),
    Column(slug="frist", label=_("Frist"), kind="day"),
    Column(slug="zustaendig", label=_("Zuständig")),
    Column(slug="etiketten", label=_("Etiketten")),
)
BY_SLUG = {column.slug: column for column in COLUMNS}
USUAL = ("nummer", "status", "betrag", "frist")


# Orders


@dataclass(frozen=True)
class Order:
    """By what the database sorts, and the same value of one case: never None, so that each case has its place."""

    by: Any
    of: Callable[[Case], Any]


def _amount(case: Case) -> Any:
    return case.requested_amount if case.decided_amount is None else case.decided_amount


SORTS = {
    "eingang": Order("received_at", lambda case: case.received_at),
    "projekt": Order("application__title", lambda case: case.application.title),
    "nummer": Order("reference", lambda case: case.reference),
    "status": Order("state", lambda case: case.state),
    "programm": Order("programme__title", lambda case: case.programme.title),
    "gemeinde": Order(
        Coalesce("application__municipality__name", Value("")),
        lambda case: case.application.municipality.name if case.application.municipality else "",
    ),
    "massnahme": Order(
        Coalesce("application__measure__code", Value("")),
        lambda case: case.application.measure.code if case.application.measure else "",
    ),
    "betrag": Order(queries.AMOUNT, _amount),
    "beantragt": Order("requested_amount", lambda case: case.requested_amount),
    "bewilligt": Order(
        Coalesce("decided_amount", money.value(0)), lambda case: case.decided_amount or queries.ZERO
    ),
}  # fmt: skip
NEWEST = "-eingang"


# The address


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What an address asks for. Unknown views, orders and columns are the usual ones; a wrong filter has no hits."""

    view: queries.SavedView
    form: CaseFilter
    order: str
    columns: tuple[str, ...]
    saved: str
    actor: Actor

    @cached_property
    def is_valid(self) -> bool:
        return self.form.is_valid()

    @property
    def is_plain(self) -> bool:
        """No filter: the numbers are known without asking the cases."""
        return not self.form.is_used

    def cases(self) -> QuerySet[Case]:
        if not self.is_valid:
            return Case.objects.none()
        return self.form.narrow(Case.objects.filter(self.view.where(self.actor.key)))

    def sorted(self) -> QuerySet[Case]:
        return in_order(self.cases(), self.order)

    def query(self, **changes: Any) -> str:
        """The address again, with these parts changed; a part that is None or usual is left out."""
        typed = {name: self.form.data.get(name, "") for name in self.form.fields}
        parts: dict[str, Any] = {"ansicht": self.view.slug, **typed, "sortierung": self.order}
        parts |= {"spalte": list(self.columns), "liste": self.saved} | changes
        address = QueryDict(mutable=True)
        for name, value in parts.items():
            if value and not _is_usual(name, value):
                address.setlist(name, value if isinstance(value, list) else [value])
        return address.urlencode()


def _is_usual(name: str, value: Any) -> bool:
    return (name == "spalte" and tuple(value) == USUAL) or (name == "sortierung" and value == NEWEST)


def read(data: QueryDict, actor: Actor, *, choices: Any = None) -> Listing:
    """The listing of an address. `choices` of the catalogue are needed only where the filters are shown."""
    order = data.get("sortierung", "")
    return Listing(
        view=queries.saved_view(data.get("ansicht", "")),
        form=CaseFilter(data, choices=choices),
        order=order if order.removeprefix("-") in SORTS else NEWEST,
        columns=tuple(column.slug for column in COLUMNS if column.slug in data.getlist("spalte")) or USUAL,
        saved=data.get("liste", "")[:36],
        actor=actor,
    )


def is_asked_for(data: Mapping[str, Any]) -> bool:
    """Whether an address says from which list somebody came."""
    return "ansicht" in data


def carried(data: QueryDict) -> str:
    """What a page hands on, so that the way back leads to the same list: "?…" or nothing."""
    known = {"ansicht", "sortierung", "spalte", "liste", *CaseFilter.base_fields}
    kept = QueryDict(mutable=True)
    for name in data if is_asked_for(data) else ():
        if name in known:
            kept.setlist(name, data.getlist(name))
    return f"?{kept.urlencode()}"[: LONGEST * 2] if kept else ""


def in_order(cases: QuerySet[Case], order: str) -> QuerySet[Case]:
    """`order` is a name of SORTS, with a minus for downwards. The newest comes first among equals."""
    name, is_down = order.removeprefix("-"), order.startswith("-")
    return _by(cases, SORTS[name], is_down=is_down, is_back=False)


def _by(cases: QuerySet[Case], order: Order, *, is_down: bool, is_back: bool) -> QuerySet[Case]:
    down = is_down != is_back
    pk = "pk" if is_back else "-pk"
    if isinstance(order.by, str):
        return cases.order_by(f"{'-' if down else ''}{order.by}", pk)
    return cases.order_by(order.by.desc() if down else order.by.asc(), pk)


# What can be chosen


def catalogue() -> dict[str, list[tuple[str, str]]]:
    """All words for the filters in one query: programmes, years, municipalities, measures, labels, people."""
    name = Coalesce(NullIf("user__name", Value("")), "user__email", output_field=CharField())
    parts: dict[str, tuple[Any, Any, Any]] = {
        "programm": (Programme.objects, "pk", F("title")),
        "jahr": (BudgetLine.objects, "fiscal_year", Cast("fiscal_year", CharField())),
        "gemeinde": (Municipality.objects, "pk", F("name")),
        "massnahme": (Measure.objects, "pk", Concat("code", Value(" "), "title")),
        "etikett": (Label.objects, "pk", F("name")),
        "zustaendig": (workers(), "user__key", name),
    }
    first, *rest = (_words(kind, *part) for kind, part in parts.items())
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in parts}
    for kind, value, words in first.union(*rest):
        found[kind].append((str(UUID(value)) if kind == "zustaendig" else value, words))
    for kind, rows in found.items():
        rows.sort(key=lambda row: row[1].casefold(), reverse=kind == "jahr")
    found["zustaendig"].insert(0, (NOBODY, _t("niemand")))
    return found


def _words(kind: str, rows: Any, value: str, words: Any) -> Any:
    texts = {"choice_of": Value(kind, CharField()), "choice": Cast(value, CharField()), "words": words}
    return rows.order_by().annotate(**texts).values_list(*texts)


def workers() -> QuerySet[RoleGrant]:
    """Those to whom a case can be given now."""
    return RoleGrant.objects.filter(role__in=WORKERS, ended_at__isnull=True, user__is_active=True)


# Beside a case


class Number(Subquery):
    """How many rows a query has, inside another one."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The place of a case in a list (None: it is not in it any more) and the file numbers before and after it."""

    place: int | None
    count: int
    previous: str | None
    next: str | None


def neighbours(case: Case, listing: Listing) -> Neighbours:
    """One query, however long the list is. A case that has left the list still has its neighbours."""
    cases = listing.cases()
    order, is_down = SORTS[listing.order.removeprefix("-")], listing.order.startswith("-")
    placed = cases.alias(place=order.by if not isinstance(order.by, str) else F(order.by))
    mark = order.of(case)
    before = Q(**{f"place__{'gt' if is_down else 'lt'}": mark}) | Q(place=mark, pk__gt=case.pk)
    after = Q(**{f"place__{'lt' if is_down else 'gt'}": mark}) | Q(place=mark, pk__lt=case.pk)
    back = _by(placed.filter(before), order, is_down=is_down, is_back=True)
    on = _by(placed.filter(after), order, is_down=is_down, is_back=False)
    (row,) = Case.objects.filter(pk=case.pk).values_list(
        Number(placed.filter(before).order_by().values("pk")),
        Number(cases.order_by().values("pk")),
        Exists(cases.filter(pk=case.pk)),
        Subquery(back.values("reference")[:1]),
        Subquery(on.values("reference")[:1]),
    )
    return Neighbours(place=row[0] + 1 if row[2] else None, count=row[1], previous=row[3], next=row[4])
