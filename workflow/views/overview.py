"""The annual overview: public in totals, more for staff; on the screen, on paper and as files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from funding import exports as files
from funding.money import format_money
from journal import formats
from workflow import exports
from workflow.overview import (
    PARTS,
    Overview,
    Rights,
    funded,
    lines,
    overview,
    public_commitments,
    shown_part,
    shown_year,
)

PAGE = 50


class Controls(forms.Form):
    jahr = forms.TypedChoiceField(label=gettext_lazy("Jahr"), coerce=int)
    nach = forms.ChoiceField(label=gettext_lazy("Aufteilen nach"), choices=PARTS.items())

    def __init__(self, years: list[int], year: int, part: str) -> None:
        super().__init__(initial={"jahr": year, "nach": part})
        self.fields["jahr"].choices = [(known, str(known)) for known in years]  # type: ignore[attr-defined]


def _asked_for(request: HttpRequest) -> tuple[Overview, list[int]]:
    year, years = shown_year(request.GET.get("jahr", ""), today_year=timezone.localdate().year)
    part = shown_part(request.GET.get("nach", ""))
    return overview(year, part, rights=Rights.of(getattr(request, "actor", None))), years


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    found, years = _asked_for(request)
    year = found.year.year
    listed = Paginator(public_commitments(year), PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "controls": Controls(years, year, found.part),
        "sentence": _sentence(found),
        "figures": _figures(found),
        "columns": _columns(found),
        "chart_desc": _chart_desc(found),
        "part_label": PARTS[found.part],
        "listed": listed,
        "funded": funded(listed),
        "lines": lines(year) if found.rights.details else [],
        "query": f"jahr={year}&nach={found.part}",
        "today": timezone.localdate(),
    }
    return render(request, "workflow/overview.html", context)


def _sentence(found: Overview) -> str:
    """The answer, before any table."""
    year = found.year
    if not year.planned and not year.committed:
        return _("Für %(year)s gibt es noch keine Haushaltslinie.") % {"year": year.year}
    count = formats.count_word(found.projects)
    projects = (
        _("Ein Projekt ist bewilligt.")
        if found.projects == 1
        else _("%(count)s Projekte sind bewilligt.") % {"count": count[:1].upper() + count[1:]}
    )
    money = _("Von %(planned)s sind %(committed)s vergeben, %(available)s stehen noch zur Verfügung.") % {
        "planned": format_money(year.planned),
        "committed": format_money(year.committed),
        "available": format_money(year.available),
    }
    return f"{projects} {money}"


def _figures(found: Overview) -> list[dict[str, Any]]:
    year = found.year
    reserved = _("davon %(amount)s vorgeschlagen") % {"amount": format_money(year.reserved)}
    count = ngettext("%(count)s Antrag", "%(count)s Anträge", found.applications) % {"count": found.applications}
    paid = _("davon %(amount)s ausgezahlt") % {"amount": format_money(year.paid)}
    return [
        {"label": _("Ansatz"), "value": format_money(year.planned)},
        {"label": _("Bewilligt"), "value": format_money(year.committed), "note": paid},
        {
            "label": _("Noch zur Verfügung"),
            "value": format_money(year.available),
            "note": reserved if found.rights.details else "",
        },
        {"label": _("Beantragt"), "value": format_money(found.requested), "note": count},
    ]


def _columns(found: Overview) -> list[dict[str, Any]]:
    return [
        {
            "label": str(year.year),
            "filled": year.paid,
            "hatched": year.open,
            "limit": year.planned or None,
            "text": f"{year.committed:,.0f}".replace(",", ".") if year.committed == int(year.committed)
            else format_money(year.committed).removesuffix("\N{NO-BREAK SPACE}€"),
        }
        for year in found.years
    ]  # fmt: skip


def _chart_desc(found: Overview) -> str:
    """What one sees in the chart, for those who do not see it."""
    best = max(found.years, key=lambda year: year.committed)
    if not best.committed:
        return _("In keinem der Jahre ist etwas bewilligt.")
    return _("Am meisten bewilligt ist %(year)s mit %(amount)s.") % {
        "year": best.year,
        "amount": format_money(best.committed),
    }


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The overview as it is shown to this reader. CSV holds the breakdown, XLSX every table, JSON the numbers."""
    found, _years = _asked_for(request)
    listed = funded(public_commitments(found.year.year))
    name = f"jahresuebersicht-{found.year.year}"
    if kind == "json":
        return files.download(exports.as_json(found, listed), name=name, kind="json")
    sheets = [exports.parts(found), exports.years(found), exports.projects(listed)]
    if found.rights.details:
        sheets.append(exports.budget_lines(lines(found.year.year)))
    return files.as_file(sheets, name=name, kind=kind)


@require_GET
def funded_csv(request: HttpRequest) -> HttpResponse:
    """The public list of funded projects."""
    found, _years = _asked_for(request)
    listed = exports.projects(funded(public_commitments(found.year.year)))
    return files.as_file([listed], name=f"gefoerderte-projekte-{found.year.year}", kind="csv")
