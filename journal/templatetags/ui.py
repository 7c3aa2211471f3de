"""Tags and filters of every page. A builtin library: no template has to load it.

Each tag draws one component of templates/components; what it must compute first lives in `journal.page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journal import formats
from journal.page import charts, fields, findings

register = template.Library()

for _filter in (
    formats.day,
    formats.day_long,
    formats.day_month,
    formats.plain_day,
    formats.weekday,
    formats.clock,
    formats.moment,
    formats.to_the_second,
    formats.last_second,
    formats.period,
    formats.file_size,
    formats.count_word,
):
    register.filter(_filter.__name__, _filter)

TONES = {"n": "neutral", "i": "info", "w": "warning", "s": "success", "d": "danger", "error": "danger", "debug": "info"}


def draw(component: str, **values: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", values)


def trimmed(content: str) -> SafeString:
    """What stands inside a block tag, already rendered and escaped; nothing but white space counts as nothing."""
    return SafeString(content.strip())


def tone_of(tone: str) -> str:
    return TONES.get(tone, tone)


# Forms


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """{% field form.name %}, also with hint=, optional=, autocomplete=, inputmode=, rows= …"""
    return draw("field", field=fields.describe(bound, **options))


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """All fields of a form, one below the other; hidden ones too."""
    return draw("form_fields", fields=[fields.describe(bound) for bound in form])


@register.simple_tag
def error_summary(*forms: Any, note: str = "") -> SafeString:
    """{% error_summary form formset note=_("Ihre Eingaben sind gespeichert.") %}; nothing where nothing is wrong."""
    found = findings.of(*forms)
    return (
        draw("error_summary", findings=found, note=note, title=formats.findings(len(found))) if found else SafeString()
    )


@register.simple_tag(takes_context=True)
def finding_prefix(context: Context) -> str:
    """Puts "Fehler: " before the title as soon as a form on the page has errors."""
    return _("Fehler: ") if any(findings.is_wrong(value) for value in context.flatten().values()) else ""


@register.simple_block_tag(end_name="endchoices")
def choices(content: str, bound: BoundField, heading: str = "") -> SafeString:
    """The group around choice cards. `heading` is drawn as a second-level heading instead of the label."""
    return draw("choices", content=content, field=fields.describe(bound), heading=heading)


@register.simple_block_tag(end_name="endchoice")
def choice(content: str, bound: BoundField, value: str, hint: str = "") -> SafeString:
    """One card; what stands inside opens when it is chosen."""
    option = next(option for option in fields.options(bound) if option.value == str(value))
    return draw("choice", content=trimmed(content), option=option, hint=hint)


@register.simple_tag
def plan(formset: BaseFormSet[Any], layout: str, line: str, **texts: Any) -> SafeString:
    """Repeated lines, called `line` and a number. `layout`: "costs" or "income"; texts: add, total_label, total."""
    return draw("plan", formset=formset, layout=layout, line_name=line, lines=_lines(formset), **texts)


def _lines(formset: BaseFormSet[Any]) -> list[dict[str, Any]]:
    return [
        {
            "form": form,
            "fields": [fields.describe(bound) for bound in form.visible_fields()],
            "hidden": form.hidden_fields(),
            "total": getattr(form, "line_total", None),
            "is_fixed": getattr(form, "is_fixed", False),
        }
        for form in formset.forms
    ]


# Small words


@register.simple_tag
def badge(label: str, tone: str = "n") -> SafeString:
    """A status. Tones: n neutral, i with you, w act by a date, s reached, d blocked or overdue."""
    return draw("badge", label=label, tone=tone_of(tone))


@register.simple_tag
def save_state(state: str = "none", at: Any = None) -> SafeString:
    """One line under the title. States: saved (with at=), saving, failed, none."""
    return draw("save_state", state=state, at=at)


@register.simple_tag
def empty(sentence: str, link: str = "", url: str = "") -> SafeString:
    """What stands where nothing is: one sentence and at most one link."""
    return draw("empty", sentence=sentence, link=link, url=url)


# Boxes around a piece of a template


@register.simple_block_tag(end_name="endalert")
def alert(content: str, tone: str, title: str, level: int = 0) -> SafeString:
    """A message. With `level` its title is a heading of that level."""
    return draw("alert", content=trimmed(content), tone=tone_of(tone), title=title, level=level)


@register.simple_block_tag(end_name="endnext_step")
def next_step(content: str, title: str) -> SafeString:
    """What this person should do now: the only box with a bar at its start."""
    return draw("panel", content=content, title=title, is_next=True)


@register.simple_block_tag(end_name="endquiet")
def quiet(content: str, title: str = "") -> SafeString:
    """A grey box for something to know: money left, one's own grant."""
    return draw("panel", content=content, title=title, is_next=False)


@register.simple_block_tag(end_name="endconfirmation")
def confirmation(content: str, title: str) -> SafeString:
    """What is done; inside: what comes next."""
    return draw("alert", content=trimmed(content), tone="success", title=title, level=2)


@register.simple_block_tag(end_name="endtimeline_entry")
def timeline_entry(content: str, state: str, title: str, when: str = "") -> SafeString:
    """One entry inside <ol class="ft-timeline">. States: done, now, next."""
    return draw("timeline_entry", content=trimmed(content), state=state, title=title, when=when)


# Lists


@register.simple_tag
def timeline(entries: Iterable[Any]) -> SafeString:
    """Entries with state, title, when, text, url, link."""
    return draw("timeline", entries=entries)


@register.simple_tag
def checklist(items: Iterable[Any]) -> SafeString:
    """Items with state (fine, notice, missing, open), sentence, detail, url."""
    return draw("checklist", items=items)


@register.simple_tag
def facts(rows: Iterable[Sequence[Any]], small: bool = False) -> SafeString:
    """Rows of (name, value) or (name, value, url). `small` is the narrow form for sums and dates."""
    cells = [(*row, "")[:3] for row in rows]
    return draw("facts", rows=cells, small=small)


@register.simple_tag
def figures(items: Iterable[Any]) -> SafeString:
    """Items with label, value, note, is_main."""
    return draw("figures", items=items)


@register.simple_tag
def steps(items: Sequence[Any]) -> SafeString:
    """The steps of a form: title, url, state (done, open, empty, ""), note, is_current."""
    numbered = list(enumerate(items, start=1))
    current = next((pair for pair in numbered if _get(pair[1], "is_current")), None)
    return draw("steps", items=numbered, current=current, count=len(numbered))


@register.simple_tag
def uploads(files: Iterable[Any]) -> SafeString:
    """Files with name, size, state (there, running, held, refused), note, url, remove (value of the button)."""
    return draw("uploads", files=files)


@register.simple_tag
def chips(items: Iterable[Any], label: str) -> SafeString:
    """Saved views or active filters: label, url, count, is_current."""
    return draw("chips", items=items, label=label)


@register.simple_tag
def breadcrumb(*trail: Any) -> SafeString:
    """{% breadcrumb _("Vorgänge") url_of_cases case.reference %}: pairs of name and address, the last name alone."""
    links = list(zip(trail[:-1:2], trail[1:-1:2], strict=True))
    return draw("breadcrumb", links=links, last=trail[-1])


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any]) -> SafeString:
    """Links to the other pages; filters and order in the address stay."""
    query = context["request"].GET.copy() if "request" in context else None
    if query is not None:
        query.pop("page", None)
    rest = query.urlencode() if query else ""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return draw(
        "pagination", page=page, shown=list(shown), gap=page.paginator.ELLIPSIS, rest=f"&{rest}" if rest else ""
    )


# Charts and progress


@register.simple_tag
def budget_bar(
    rows: Iterable[tuple[str, Any, str]], whole: Any, title: str, desc: str = "", legend: bool = True
) -> SafeString:
    """Rows of (label, amount, "filled" or "hatched") within a whole."""
    return draw("budget_bar", parts=charts.parts(rows, whole), title=title, desc=desc, legend=legend)


@register.simple_tag
def cell_bar(filled: Any, hatched: Any, whole: Any, title: str) -> SafeString:
    """A bar inside a table cell; `title` says the numbers."""
    rows = (("", filled, "filled"), ("", hatched, "hatched"))
    return draw("bar", parts=charts.parts(rows, whole), title=title, desc="", is_open=True)


@register.simple_tag
def bar_chart(rows: Sequence[dict[str, Any]], title: str, desc: str, **legend: Any) -> SafeString:
    """Columns (see `charts.columns`). Legend words: filled, hatched, limit, note. A table must stand beside it."""
    columns = charts.columns(rows)
    base = charts.HEAD + charts.PLOT
    return draw(
        "bar_chart", columns=columns, title=title, desc=desc, base=base, foot=base + 24, height=base + 32, **legend
    )


@register.simple_tag
def progress(done: int, total: int, label: str, name: str = "fortschritt") -> SafeString:
    """A running job; `name` becomes the id."""
    return draw("progress", done=done, total=total, label=label, name=name)


def _get(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else getattr(item, name, None)
