"""The movements that the budget officer can book: what each is called, what it does in a sentence, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.models import BudgetLine


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One movement. `minus` is the hint where an amount may be negative; `resolution` is "", "optional" or "required";
    `target` is "", "line" or "purpose"; `override` is what somebody accepts who ticks the box."""

    name: str
    title: Any
    sentence: Any
    button: Any
    done: Any
    minus: Any = ""
    resolution: str = ""
    target: str = ""
    override: Any = ""


_LESS = _("Mit einem Minus davor nehmen Sie eine frühere Buchung ganz oder zum Teil zurück.")

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            name="appropriation",
            title=_("Ansatz ändern"),
            sentence=_("Der Ansatz steht im Haushaltsplan. Er lässt sich ändern, bis der Haushalt genehmigt ist."),
            button=_("Ansatz um %(amount)s ändern"),
            done=_("Der Ansatz ist um %(amount)s geändert."),
            minus=_LESS,
        ),
        Verb(
            name="supplement",
            title=_("Nachtrag buchen"),
            sentence=_("Der Kreistag ändert den genehmigten Haushalt mit einem Beschluss (§ 115 NKomVG)."),
            button=_("Nachtrag über %(amount)s buchen"),
            done=_("Der Nachtrag über %(amount)s ist gebucht."),
            minus=_("Mit einem Minus davor, wenn die Linie weniger bekommt."),
            resolution="required",
            override=_("Fehlbetrag in Kauf nehmen: Es darf weniger Geld da sein, als schon festgelegt ist."),
        ),
        Verb(
            name="transfer",
            title=_("Andere Linie decken"),
            sentence=_("Diese Linie gibt Geld an eine andere desselben Jahres (§ 19 KomHKVO)."),
            button=_("%(amount)s an die andere Linie geben"),
            done=_("%(amount)s sind an die andere Linie gegangen."),
            resolution="optional",
            target="line",
        ),
        Verb(
            name="excess",
            title=_("Über- oder außerplanmäßig bewilligen"),
            sentence=_("Mehr Geld ohne Nachtrag, wenn es unabweisbar und gedeckt ist (§ 117 NKomVG)."),
            button=_("%(amount)s über- oder außerplanmäßig buchen"),
            done=_("%(amount)s sind über- oder außerplanmäßig gebucht."),
            minus=_LESS,
            resolution="optional",
        ),
        Verb(
            name="earmarked",
            title=_("Zweckgebundene Einnahme buchen"),
            sentence=_("Geld von anderen, zum Beispiel vom Land, das nur hier ausgegeben werden darf."),
            button=_("Einnahme von %(amount)s buchen"),
            done=_("Die Einnahme von %(amount)s ist gebucht."),
            minus=_LESS,
            resolution="optional",
        ),
        Verb(
            name="freeze",
            title=_("Geld sperren"),
            sentence=_("Haushaltssperre: Ein Teil des Geldes darf vorerst nicht vergeben werden."),
            button=_("%(amount)s sperren"),
            done=_("%(amount)s sind gesperrt."),
            override=_("Fehlbetrag in Kauf nehmen: Es darf mehr gesperrt werden, als noch zur Verfügung steht."),
        ),
        Verb(
            name="unfreeze",
            title=_("Sperre aufheben"),
            sentence=_("Gesperrtes Geld steht wieder zur Verfügung, ganz oder zum Teil."),
            button=_("%(amount)s wieder freigeben"),
            done=_("Die Sperre über %(amount)s ist aufgehoben."),
        ),
        Verb(
            name="allocation",
            title=_("Teilbudget zuteilen"),
            sentence=_("Ein Teil der Linie ist nur für ein Programm, eine Maßnahme oder eine Gemeinde da."),
            button=_("%(amount)s zuteilen"),
            done=_("%(amount)s sind zugeteilt."),
            minus=_("Mit einem Minus davor nehmen Sie einen Anteil ganz oder zum Teil zurück."),
            target="purpose",
        ),
    )
}
"""Carrying over belongs to the end of the year and has its own page."""


def why_closed(line: BudgetLine) -> str:
    """Why nothing at all can be booked here any more, in a sentence; empty where it can."""
    if line.status == BudgetLine.Status.CLOSED:
        return _t("Das Haushaltsjahr %(year)s ist abgeschlossen.") % {"year": line.fiscal_year}
    if line.status == BudgetLine.Status.REOPENED:
        return _t("Das Haushaltsjahr %(year)s ist nur für einen Rückläufer wieder geöffnet.") % {
            "year": line.fiscal_year
        }
    return ""


def why_not(verb: Verb, line: BudgetLine, *, has_siblings: bool) -> str:
    """Why this movement cannot be booked on this line now, in a sentence; empty where it can."""
    if closed := why_closed(line):
        return closed
    if verb.name == "appropriation" and line.status != BudgetLine.Status.PROVISIONAL:
        return _t("Der Haushalt ist genehmigt. Den Ansatz ändert nur noch ein Nachtrag (§ 115 NKomVG).")
    if verb.name == "unfreeze" and not line.frozen:
        return _t("Auf dieser Linie ist nichts gesperrt.")
    if verb.target == "line" and not has_siblings:
        return _t("In diesem Jahr gibt es keine andere Linie.")
    return ""


def has_siblings(line: BudgetLine) -> bool:
    return BudgetLine.objects.filter(fiscal_year=line.fiscal_year).exclude(pk=line.pk).exists()
