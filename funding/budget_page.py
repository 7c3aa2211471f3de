"""What the budget page says of a line, now or as of a past day: how its number is made up, how full it is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding import balances, movements, numbers
from funding.balances import Standing
from funding.models import BudgetAlert, BudgetLine, SubBudget
from journal import values

ALWAYS = ("appropriation", "committed")
ADDED = ("appropriation", "supplement", "carry_in", "transfer_in", "excess", "earmarked")
TAKEN = ("carry_out", "transfer_out", "frozen", "committed")


_NOTES: dict[str, Any] = {
    BudgetLine.Status.PROVISIONAL: gettext_lazy(
        "Neue Bewilligungen sind noch nicht möglich. Alte werden weiter ausgezahlt."
    ),
    BudgetLine.Status.CLOSED: gettext_lazy("Das Jahr ist abgeschlossen. Hier wird nichts mehr gebucht."),
    BudgetLine.Status.REOPENED: gettext_lazy("Nur der Rückläufer wird hier gebucht, sonst nichts."),
}
_PART_WORDS: dict[str, Any] = {
    "share": gettext_lazy("Zugeteilt"),
    "reserved": gettext_lazy("Vorgemerkt"),
    "committed": gettext_lazy("Festgelegt"),
    "available_planning": gettext_lazy("Noch frei"),
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From which percentage a line is amber or red."""

    amber: int
    red: int

    @classmethod
    def on(cls, day: date, *, known: datetime | None = None) -> Limits:
        """`known` leaves out what was only set later, for a day that was past by then."""
        amber, red = (values.number(f"budget.{name}_percent", on=day, known=known) for name in ("amber", "red"))
        return cls(amber=amber, red=red)


@dataclass(frozen=True, kw_only=True)
class Light:
    """A traffic light that speaks."""

    tone: str
    text: str


def light(line: BudgetLine, limits: Limits) -> Light:
    """Red from `limits.red` per cent of what is usable, amber from `limits.amber`; reaching the limit counts."""
    if line.shortfall > 0 or line.available < 0:
        return Light(tone="d", text=_("Es fehlt Geld"))
    if not line.usable:
        return Light(tone="n", text=_("Noch kein Ansatz"))
    used = line.committed * 100 / line.usable
    share = int(used)
    if used >= limits.red:
        return Light(tone="d", text=_("Rot: %(share)s %% vergeben") % {"share": share})
    if used >= limits.amber:
        return Light(tone="w", text=_("Gelb: %(share)s %% vergeben") % {"share": share})
    return Light(tone="n", text=_("Grün: %(share)s %% vergeben") % {"share": share})


@dataclass(frozen=True, kw_only=True)
class Links:
    """Addresses of the bookings behind the numbers; `as_of` stops them at the end of that day, so that the sums agree."""

    as_of: date | None = None

    def bookings(self, line: BudgetLine, number: str = "", part: SubBudget | None = None) -> str:
        wanted = {
            "linie": line.pk,
            "teilbudget": part.pk if part else "",
            "teil": number,
            "bis": self.as_of.isoformat() if self.as_of else "",
        }
        return f"{reverse('funding:bookings')}?{urlencode({key: value for key, value in wanted.items() if value})}"


def made_up(line: BudgetLine, links: Links) -> list[dict[str, Any]]:
    """„Noch zur Verfügung" and its parts, each a link to the bookings that it is the sum of."""
    parts = [(name, getattr(line, name), sign) for names, sign in ((ADDED, 1), (TAKEN, -1)) for name in names]
    rows = [
        {"label": _upper(numbers.words(name)), "amount": amount * sign, "url": links.bookings(line, name)}
        for name, amount, sign in parts
        if amount or name in ALWAYS
    ]
    whole = {"label": numbers.words("available"), "amount": line.available, "url": links.bookings(line, "available")}
    return [*rows, whole | {"is_sum": True}]


def beside(line: BudgetLine, links: Links) -> list[dict[str, Any]]:
    """What is part of the committed money, what is only proposed, and what would be left."""
    labels = {
        "paid": _("Davon ausgezahlt"),
        "open_commitments": _("Davon noch offen"),
        "reserved": _("Vorgemerkt für Vorschläge"),
    }
    names = (*labels, "available_planning")
    return [_number(line, name, links) | ({"label": labels[name]} if name in labels else {}) for name in names]


def divided(standing: Standing, links: Links) -> dict[str, Any] | None:
    """The sub-budgets of a line, and what is left beside them; None where nothing is given to one."""
    line, parts = standing.line, [part for part in standing.parts if part.share]
    if not parts:
        return None
    return {
        "rows": [_part(line, part, links) for part in parts],
        "sums": [_number(line, "set_aside", links), _number(line, "undivided", links)],
    }


def _part(line: BudgetLine, part: SubBudget, links: Links) -> dict[str, Any]:
    names = (
        ("share", "share"),
        ("reserved", "reserved"),
        ("committed", "committed"),
        ("available_planning", "set_aside"),
    )
    return {
        "name": str(part),
        "numbers": [
            {"label": _PART_WORDS[name], "amount": getattr(part, name), "url": links.bookings(line, number, part)}
            for name, number in names
        ],
    }


def _number(line: BudgetLine, name: str, links: Links) -> dict[str, Any]:
    return {"label": _upper(numbers.words(name)), "amount": getattr(line, name), "url": links.bookings(line, name)}


def _upper(words: str) -> str:
    """With a capital first letter; capitals inside stay, unlike with `capitalize`."""
    return words[:1].upper() + words[1:]


def described(standing: Standing, limits: Limits, links: Links) -> dict[str, Any]:
    line = standing.line
    return {
        "line": line,
        "light": light(line, limits),
        "parts": made_up(line, links),
        "beside": beside(line, links),
        "divided": divided(standing, links),
        "note": _NOTES.get(line.status, ""),
        "can_move": not movements.why_closed(line),
        "bar": [
            (_("ausgezahlt"), line.paid, "filled"),
            (_("festgelegt, noch offen"), line.open_commitments, "hatched"),
        ],
    }


def by_year(today: date, as_of: date | None = None) -> list[tuple[int, list[dict[str, Any]], bool]]:
    """(year, its lines, whether it is over), newest first, now or at the end of a past day; the number of queries does
    not grow with them."""
    limits = Limits.on(as_of, known=balances.end_of(as_of)) if as_of else Limits.on(today)
    links = Links(as_of=as_of)
    years: dict[int, list[dict[str, Any]]] = {}
    for standing in balances.standings(as_of):
        years.setdefault(standing.line.fiscal_year, []).append(described(standing, limits, links))
    return [
        (year, lines, all(row["line"].status == BudgetLine.Status.CLOSED for row in lines))
        for year, lines in years.items()
    ]


def one(line: BudgetLine, today: date) -> dict[str, Any]:
    """A line as it stands now."""
    parts = list(line.parts.select_related("programme", "measure", "municipality"))
    return described(Standing(line=line, parts=parts), Limits.on(today), Links())


def alerts(as_of: date | None = None) -> list[BudgetAlert]:
    """What stands now, or what stood at the end of a past day."""
    found = BudgetAlert.objects.select_related("line")
    if as_of is None:
        return list(found.filter(ended_at__isnull=True))
    end = balances.end_of(as_of)
    return list(found.filter(raised_at__lt=end).filter(Q(ended_at__isnull=True) | Q(ended_at__gte=end)))
