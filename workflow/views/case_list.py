"""The list of cases, the views of it that people keep, and the list as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import tablib
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS, Role
from funding import exports as files
from journal.refusals import Refused
from workflow import case_rows, listing, queries, saved_lists
from workflow.forms.saved_list import SavedListForm
from workflow.listing import Listing
from workflow.models import SavedList

PER_PAGE = 50


@roles_required(*CASE_READERS)
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases, filtered, sorted, with the sum of all hits."""
    actor, catalogue = actor_in(request), listing.catalogue()
    found = listing.read(request.GET, actor, choices=catalogue)
    heaps = queries.heaps(actor)
    kept = saved_lists.kept(actor)
    totals = _totals(found, heaps)
    paginator = Paginator(found.sorted().values_list("pk", flat=True), PER_PAGE)
    paginator.count = totals.count  # counted above, with the sums
    page = paginator.get_page(request.GET.get("page"))
    names = {UUID(key): name for key, name in catalogue["zustaendig"][1:]}
    context = {
        "may_enter": actor.has_role(Role.CASEWORKER),
        "listing": found,
        "view": found.view,
        "chips": _chips(heaps, kept, found),
        "current": next((one for one in kept if str(one.saved.key) == found.saved), None),
        "filters": found.form,
        "active": _active(found, catalogue),
        "page": page,
        "rows": case_rows.rows(list(page), found, today=timezone.localdate(), names=names),
        "count": totals.count,
        "total": totals.amount,
        "foot": case_rows.foot(found.columns, totals),
        "heads": _heads(found),
        "columns": [(column, column.slug in found.columns) for column in listing.COLUMNS],
        "hidden": _hidden(found),
        "most": case_rows.MOST_IN_A_SHEET,
    }
    return render(request, "workflow/office/case_list.html", context, status=200 if found.is_valid else 422)


def _totals(found: Listing, heaps: list[queries.Heap]) -> queries.Totals:
    if found.is_plain:
        return queries.together(filter(found.view.holds, heaps))
    return queries.sum_of(found.cases())


def _chips(heaps: list[queries.Heap], kept: list[saved_lists.Kept], found: Listing) -> list[dict[str, Any]]:
    usual: list[dict[str, Any]] = [
        {
            "label": view.label,
            "url": f"?ansicht={view.slug}",
            "count": queries.together(filter(view.holds, heaps)).count,
            "is_current": view is found.view and not found.saved,
        }
        for view in queries.VIEWS
    ]
    own = [
        {
            "label": one.saved.title,
            "url": f"?{one.query}",
            "count": one.count,
            "is_current": str(one.saved.key) == found.saved,
        }
        for one in kept
    ]
    return usual + own


def _active(found: Listing, catalogue: dict[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    """The filters that are set, in words, each with the address that is without it."""
    if not found.is_valid:
        return []
    active = []
    for name, value in found.form.used.items():
        field = found.form.fields[name]
        words: dict[Any, Any] = dict(catalogue.get(name) or getattr(field, "choices", []))
        typed = found.form.data.get(name)
        text = f"{field.label}: {words.get(str(value), typed)}"
        active.append({"text": text, "url": f"?{found.query(**{name: None, 'liste': None})}"})
    return active


def _heads(found: Listing) -> list[dict[str, str]]:
    """The heads of the table: links that sort, and how it is sorted now."""
    columns = [listing.Column(slug="projekt", label=_("Projekt"), sort="projekt")]
    columns += [listing.BY_SLUG[slug] for slug in found.columns]
    return [
        {
            "label": str(column.label),
            "url": _sorted(found, column.sort),
            "sort": {column.sort: "ascending", f"-{column.sort}": "descending"}.get(found.order, "")
            if column.sort
            else "",
            "css": "ft-num" if column.kind == "money" else "",
        }
        for column in columns
    ]


def _sorted(found: Listing, sort: str) -> str:
    return f"?{found.query(sortierung=f'-{sort}' if found.order == sort else sort)}" if sort else ""


def _hidden(found: Listing) -> list[tuple[str, str]]:
    """What the form of the columns carries along, beside the columns."""
    values = {name: str(found.form.data.get(name, "")) for name in found.form.fields}
    values |= {"ansicht": found.view.slug, "sortierung": found.order}
    return [(name, value) for name, value in values.items() if value]


# Files


@require_GET
@roles_required(*CASE_READERS)
def download(request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """What the list shows, all hits of it: the same filters, order and columns."""
    found = listing.read(request.GET, actor_in(request))
    if not found.is_valid:
        return HttpResponseRedirect(f"{reverse('workflow:case_list')}?{found.query()}")
    rows = case_rows.all_rows(found, today=timezone.localdate())
    name = f"vorgaenge-{timezone.localdate():%Y-%m-%d}"
    if kind == "csv":
        return files.streamed(case_rows.heads(found), rows, name=name)
    if found.cases().count() > case_rows.MOST_IN_A_SHEET:
        raise Refused(_("Für Excel sind es zu viele Zeilen. Bitte laden Sie die Liste als CSV herunter."))
    return files.as_file([_sheet(found, rows)], name=name, kind=kind)


def _sheet(found: Listing, rows: Iterator[list[Any]]) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=case_rows.heads(found), title=_("Vorgänge"))


# Kept views


@roles_required(*CASE_READERS)
def keep(request: HttpRequest) -> HttpResponse:
    """Keeps the list of the address under a name."""
    actor = actor_in(request)
    found = listing.read(request.GET, actor)
    if not found.is_valid:
        return HttpResponseRedirect(f"{reverse('workflow:case_list')}?{found.query()}")
    form = SavedListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        saved = _tried(form, lambda: saved_lists.keep(found, data["title"], is_shared=data["is_shared"], actor=actor))
        if saved:
            messages.success(request, _("Die Ansicht „%(title)s“ ist gespeichert.") % {"title": saved.title})
            return _to(saved, request)
    return _saved_page(request, form, found, None)


@roles_required(*CASE_READERS)
def kept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Renames a kept view, or shares it."""
    actor, saved = actor_in(request), _find(request, key)
    saved_lists.refuse_other(saved, actor)
    form = SavedListForm(request.POST or None, initial={"title": saved.title, "is_shared": saved.is_shared})
    if request.method == "POST" and form.is_valid():
        changed = _tried(form, lambda: saved_lists.change(saved, **form.cleaned_data, actor=actor))
        if changed:
            messages.success(request, _("Gespeichert."))
            return _to(changed, request)
    return _saved_page(request, form, saved_lists.listing_of(saved, actor), saved)


@require_POST
@roles_required(*CASE_READERS)
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    saved = _find(request, key)
    saved_lists.remove(saved, actor=actor_in(request))
    messages.success(request, _("Die Ansicht „%(title)s“ ist gelöscht.") % {"title": saved.title})
    return HttpResponseRedirect(reverse("workflow:case_list"))


def _find(request: HttpRequest, key: UUID) -> SavedList:
    saved = saved_lists.find(key, actor_in(request))
    if saved is None:
        raise Http404
    return saved


def _tried(form: SavedListForm, write: Any) -> SavedList | None:
    try:
        saved: SavedList = write()
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return None
    return saved


def _to(saved: SavedList, request: HttpRequest) -> HttpResponseRedirect:
    found = saved_lists.listing_of(saved, actor_in(request))
    return HttpResponseRedirect(f"{reverse('workflow:case_list')}?{found.query()}")


def _saved_page(request: HttpRequest, form: SavedListForm, found: Listing, saved: SavedList | None) -> HttpResponse:
    context = {
        "form": form,
        "saved": saved,
        "back": f"{reverse('workflow:case_list')}?{found.query()}",
        "active": [words["text"] for words in _active(found, listing.catalogue())],
        "view": found.view,
        "columns": [listing.BY_SLUG[slug].label for slug in found.columns],
    }
    return render(request, "workflow/office/saved_list.html", context, status=422 if form.errors else 200)
