"""The questions of a programme, as the administration writes them. Published versions are only read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from applications import questions
from applications.models import Question, QuestionSet
from applications.questions import Entry
from funding.models import Programme
from funding.money import format_money
from journal.refusals import Faster, Refusal, Refused
from workflow import questioning
from workflow.forms.questions import PublishForm, QuestionForm, answers_of

require_form = require_http_methods(["GET", "HEAD", "POST"])
administrators = roles_required(Role.SYSADMIN, Role.COORDINATOR)


@administrators
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes, with the number of the version that is asked and whether one is in work."""
    found: dict[int, dict[str, Any]] = {
        programme.pk: {"programme": programme, "published": None, "in_work": None}
        for programme in Programme.objects.order_by("title")
    }
    for one in QuestionSet.objects.order_by("number"):
        found[one.programme_id]["in_work" if one.published_at is None else "published"] = one
    return render(request, "workflow/administration/questions.html", {"rows": list(found.values())})


@administrators
@require_safe
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    return _programme(request, get_object_or_404(Programme, pk=pk))


def _programme(request: HttpRequest, found: Programme, *, refusal: Refusal | None = None) -> HttpResponse:
    versions = questioning.versions_of(found)
    names = names_of({one.published_by for one in (versions.published, *versions.earlier) if one})
    context = {
        "programme": found,
        "versions": versions,
        "published": rows_of(questions.entries(versions.published)),
        "in_work": rows_of(questions.entries(versions.in_work)),
        "who": _writer(versions.published, names),
        "earlier": [(one, _writer(one, names)) for one in versions.earlier],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "workflow/administration/question_programme.html", context, status=status)


def _writer(found: QuestionSet | None, names: dict[UUID, str]) -> str:
    return names.get(found.published_by, "") if found and found.published_by else ""


# In words


def rows_of(found: list[Entry]) -> list[dict[str, Any]]:
    """Each question with what is to be known about it; what is in a group follows it."""
    by_slug = {entry.question.slug: entry.question for entry in found}
    rows = []
    for place, entry in enumerate(found):
        rows.append(_row(entry.question, by_slug, is_first=place == 0, is_last=place == len(found) - 1))
        last = len(entry.parts) - 1
        rows += [
            _row(part, by_slug, is_first=n == 0, is_last=n == last, group=entry.question)
            for n, part in enumerate(entry.parts)
        ]
    return rows


def _row(
    question: Question, by_slug: dict[str, Question], *, is_first: bool, is_last: bool, group: Question | None = None
) -> dict[str, Any]:
    return {
        "question": question,
        "group": group,
        "notes": _notes(question, by_slug),
        "is_first": is_first,
        "is_last": is_last,
    }


def _notes(question: Question, by_slug: dict[str, Question]) -> list[str]:
    notes = [_("muss beantwortet werden") if question.is_required else _("freiwillig")]
    if question.options:
        notes.append(_("zur Auswahl: %(options)s") % {"options": ", ".join(question.options)})
    if question.least is not None:
        notes.append(_("mindestens %(limit)s") % {"limit": question.least})
    if question.most is not None:
        notes.append(_("höchstens %(limit)s") % {"limit": question.most})
    if question.from_amount is not None:
        notes.append(_("nur ab %(amount)s") % {"amount": format_money(question.from_amount)})
    if question.condition:
        notes.append(_condition(question, by_slug.get(question.condition.get("question", ""))))
    return notes


def _condition(question: Question, other: Question | None) -> str:
    if other is None:
        return _("hängt von einer Frage ab, die es nicht mehr gibt")
    words = dict(answers_of(other))
    answers = ", ".join(str(words.get(answer, answer)) for answer in question.condition.get("is", []))
    return _("nur wenn „%(question)s“: %(answers)s") % {"question": other.label, "answers": answers}


# Writing


def in_work(pk: int) -> QuestionSet:
    """The version in work of a programme; without one there is nothing to write in."""
    return get_object_or_404(
        QuestionSet.objects.select_related("programme"), programme_id=pk, published_at__isnull=True
    )


def _question(pk: int) -> Question:
    return get_object_or_404(Question.objects.select_related("question_set__programme"), pk=pk)


@administrators
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Programme, pk=pk)
    questioning.begin(found, actor=actor_in(request), at=timezone.now())
    return redirect("workflow:question_programme", pk)


@administrators
@require_form
def new(request: HttpRequest, pk: int) -> HttpResponse:
    question_set = in_work(pk)
    found = questions.entries(question_set)
    form = QuestionForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = questioning.add(question_set, form.content(), actor=actor_in(request), at=timezone.now())
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": made})
            return redirect("workflow:question_programme", pk)
    context = {"programme": question_set.programme, "form": form, "name": _("Neue Frage")}
    return render(request, "workflow/administration/question.html", context, status=422 if form.errors else 200)


@administrators
@require_form
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    question = _question(pk)
    _refuse_published(question)
    found = questions.entries(question.question_set)
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        found=found,
        question=question,
        fixed=_fixed(question, found),
    )
    stale: Faster | None = None
    if request.method == "POST" and form.is_valid():
        try:
            data, mark = form.content(), request.POST.get("mark", "")
            questioning.change(question, data, mark=mark, actor=actor_in(request), at=timezone.now())
        except Faster as faster:
            stale = faster
        else:
            messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": form.cleaned_data["label"]})
            return redirect("workflow:question_programme", question.question_set.programme_id)
    return _edit_page(request, question, form, found, stale)


def _edit_page(
    request: HttpRequest, question: Question, form: QuestionForm, found: list[Entry], stale: Faster | None
) -> HttpResponse:
    """After a conflict it shows what stands there now, and what was typed stays in the fields."""
    now = next(row for row in rows_of(found) if row["question"].pk == question.pk)
    keeps_mark = form.errors and "mark" in request.POST
    context = {
        "programme": question.question_set.programme,
        "question": question,
        "form": form,
        "name": question.label,
        "mark": request.POST["mark"] if keeps_mark else questioning.mark_of(question),
        "stale": stale,
        "now": now,
    }
    status = stale.status if stale else 422 if form.errors else 200
    return render(request, "workflow/administration/question.html", context, status=status)


def _fixed(question: Question, found: list[Entry]) -> bool:
    """Whether the kind stays: something hangs on it."""
    has_parts = any(entry.question.pk == question.pk and entry.parts for entry in found)
    return bool(has_parts or questioning.dependants(question, found) or questioning.was_published(question))


def _refuse_published(question: Question) -> None:
    if question.question_set.published_at is not None:
        raise Faster(_("Diese Fassung ist inzwischen veröffentlicht. Änderungen kommen in die nächste Fassung."))


@administrators
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    question = _question(pk)
    by = {"up": -1, "down": 1}.get(request.POST.get("direction", ""))
    if by is None:
        raise Refused(_("Bitte wählen Sie nach oben oder nach unten."))
    try:
        questioning.move(question, by=by, actor=actor_in(request), at=timezone.now())
    except (Refused, Faster) as refusal:
        return _programme(request, question.question_set.programme, refusal=refusal)
    return redirect("workflow:question_programme", question.question_set.programme_id)


@administrators
@require_form
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    question = _question(pk)
    _refuse_published(question)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            mark = request.POST.get("mark", "")
            questioning.remove(question, mark=mark, actor=actor_in(request), at=timezone.now())
        except (Refused, Faster) as refused:
            refusal = refused
        else:
            messages.success(request, _("„%(name)s“ ist entfernt.") % {"name": question})
            return redirect("workflow:question_programme", question.question_set.programme_id)
    found = questions.entries(question.question_set)
    context = {
        "programme": question.question_set.programme,
        "question": question,
        "mark": questioning.mark_of(question),
        "parts": next((entry.parts for entry in found if entry.question.pk == question.pk), []),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "workflow/administration/question_remove.html", context, status=status)


# Publishing


@administrators
@require_form
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    question_set = in_work(pk)
    form = PublishForm(request.POST if request.method == "POST" else None, is_first=question_set.number == 1)
    stale: Faster | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return _published(request, question_set, form)
        except Faster as faster:
            stale = faster
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
    found = questions.entries(question_set)
    context = {
        "programme": question_set.programme,
        "number": question_set.number,
        "form": form,
        "rows": rows_of(found),
        "mark": questioning.mark_of_all(found),
        "drafts": questioning.drafts_of(question_set.programme),
        "stale": stale,
    }
    status = stale.status if stale else 422 if form.errors else 200
    return render(request, "workflow/administration/question_publish.html", context, status=status)


def _published(request: HttpRequest, question_set: QuestionSet, form: PublishForm) -> HttpResponse:
    moved = questioning.publish(
        question_set,
        note=form.cleaned_data["note"],
        mark=request.POST.get("mark", ""),
        actor=actor_in(request),
        at=timezone.now(),
    )
    drafts = ngettext("%(count)s Entwurf bekommt", "%(count)s Entwürfe bekommen", moved) % {"count": moved}
    messages.success(request, _("Veröffentlicht. %(drafts)s die neuen Fragen.") % {"drafts": drafts})
    return redirect("workflow:question_programme", question_set.programme_id)
