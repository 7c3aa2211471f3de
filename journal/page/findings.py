"""What is still wrong on a page, as a list of links: the error summary, and "Fehler: " in the title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BaseFormSet, BoundField

from journal.page.fields import kind_of, target


@dataclass(frozen=True)
class Finding:
    """One sentence and the id of the field it is about ("" where there is none)."""

    sentence: str
    target: str


def is_wrong(thing: Any) -> bool:
    """Whether this is a form or a set of forms that was sent and has errors."""
    if isinstance(thing, BaseFormSet):
        return thing.is_bound and (any(thing.errors) or bool(thing.non_form_errors()))
    return isinstance(thing, BaseForm) and thing.is_bound and bool(thing.errors)


def of(*things: BaseForm | BaseFormSet[Any] | Iterable[Any] | None) -> list[Finding]:
    """All findings of forms, sets of forms and lists of them, in the order of the page."""
    return [finding for thing in things for finding in _of_one(thing)]


def _of_one(thing: Any) -> Iterator[Finding]:
    if thing is None or thing == "":
        return
    if isinstance(thing, Finding):
        yield thing
    elif isinstance(thing, BaseFormSet):
        yield from _of_set(thing)
    elif isinstance(thing, BaseForm):
        yield from _of_form(thing)
    else:
        yield from of(*thing)


def _of_set(formset: BaseFormSet[Any]) -> Iterator[Finding]:
    if not formset.is_bound:
        return
    name = str(getattr(formset, "line_label", ""))
    for number, form in enumerate(formset.forms, start=1):
        yield from _of_form(form, prefix=f"{name} {number}" if name else "")
    first = _first_target(formset.forms[0]) if formset.forms else ""
    yield from (Finding(str(sentence), first) for sentence in formset.non_form_errors())


def _of_form(form: BaseForm, *, prefix: str = "") -> Iterator[Finding]:
    if not form.is_bound:
        return
    for bound in form:
        for sentence in bound.errors:
            yield Finding(f"{prefix or _name(bound)}: {sentence}", target(bound))
    anchor = str(getattr(form, "error_target", "")) or _first_target(form)
    yield from (Finding(str(sentence), anchor) for sentence in form.non_field_errors())


def _name(bound: BoundField) -> str:
    """The label without its own full stop or question mark: a colon follows."""
    return str(bound.label).rstrip(".?!:")


def _first_target(form: BaseForm) -> str:
    visible: Iterator[BoundField] = (bound for bound in form if kind_of(bound) != "hidden")
    return next((target(bound) for bound in visible), "")
