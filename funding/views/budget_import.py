"""The budget officer's page for files: the budget to download, a file to read in, its preview, the booking."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from funding import budget_export, exports, imports
from funding.forms.budget_import import ImportForm, unwrapped, wrapped
from funding.import_columns import EXPLAINED, HEADINGS, KINDS, KINDS_EXPLAINED, REQUIRED
from funding.import_files import BudgetFile
from funding.models import BudgetImport
from journal.refusals import Refused

RECENT = 10
officers_only = roles_required(Role.BUDGET_OFFICER)


@officers_only
def budget_import(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ImportForm())
    if "book" in request.POST:
        return _book(request)
    form = ImportForm(request.POST, request.FILES)
    return _preview(request, form, form.uploaded()) if form.is_valid() else _page(request, form)


def _preview(request: HttpRequest, form: ImportForm, file: BudgetFile) -> HttpResponse:
    try:
        found = imports.preview(file, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return _refused(request, form, refused)
    return _preview_page(request, file, found)


def _book(request: HttpRequest) -> HttpResponse:
    """Books what was previewed. Whatever changed in between brings the preview back, with nothing written."""
    actor = actor_in(request)
    try:
        file, seen = unwrapped(request.POST["book"], person=actor.key)
        found, is_booked = imports.book(file, seen=seen, actor=actor, at=timezone.now())
    except Refused as refused:
        return _refused(request, ImportForm({}), refused)
    if not is_booked:
        return _preview_page(request, file, found, has_changed=True)
    sentence = ngettext(
        "Die Datei „%(name)s“ ist gebucht, mit %(count)s Zeile.",
        "Die Datei „%(name)s“ ist gebucht, mit %(count)s Zeilen.",
        len(found.rows),
    )
    messages.success(request, sentence % {"name": file.name, "count": len(found.rows)})
    return HttpResponseRedirect(reverse("funding:budget_import"))


def _refused(request: HttpRequest, form: ImportForm, refused: Refused) -> HttpResponse:
    form.full_clean()
    form.errors.clear()
    form.add_error("file", refused.sentence)
    return _page(request, form)


def _preview_page(
    request: HttpRequest, file: BudgetFile, found: imports.Preview, *, has_changed: bool = False
) -> HttpResponse:
    context = {
        "file": file,
        "found": found,
        "has_changed": has_changed,
        "wrapped": "" if found.wrong else wrapped(file, found.seen, person=actor_in(request).key),
        "form": ImportForm(),
    }
    status = 422 if found.wrong else 409 if has_changed else 200
    return render(request, "funding/budget_import_preview.html", context, status=status)


def _page(request: HttpRequest, form: ImportForm) -> HttpResponse:
    recent = list(BudgetImport.objects.all()[:RECENT])
    names = names_of({own.imported_by for own in recent})
    context = {
        "form": form,
        "years": budget_export.years(),
        "columns": [(title, title in REQUIRED, EXPLAINED[name]) for name, title in HEADINGS.items()],
        "kinds": [(word, KINDS_EXPLAINED[key]) for key, word in KINDS.items()],
        "recent": [(own, names.get(own.imported_by, "–")) for own in recent],
    }
    return render(request, "funding/budget_import.html", context, status=422 if form.errors else 200)


@require_GET
@officers_only
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """All years, or `?jahr=2026`."""
    wanted = request.GET.get("jahr", "")
    year = next((own for own in budget_export.years() if str(own) == wanted), None)
    if wanted and year is None:
        raise Http404(_("Für dieses Jahr gibt es keine Haushaltslinie."))
    name = f"Haushalt-{year}" if year else "Haushalt"
    return exports.as_file([budget_export.budget_table(year)], name=name, kind=kind)


@require_GET
@officers_only
def template(_request: HttpRequest, kind: str) -> HttpResponse:
    return exports.as_file([budget_export.empty_table()], name="Haushalt-Vorlage", kind=kind)
