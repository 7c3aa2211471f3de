"""A version of a programme's questions as a whole: looked at, or thrown away before anybody is asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import actor_in
from accounts.actors import names_of
from applications import questions
from applications.models import Question, QuestionSet
from journal.refusals import Faster
from workflow import questioning
from workflow.forms.questions import PreviewForm
from workflow.views.questions import administrators, in_work, require_form, rows_of


@administrators
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The version in work as the association will see it, without its conditions: everything at once."""
    return _preview(request, in_work(pk))


@administrators
@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A version that is or was asked, only to be read."""
    published = QuestionSet.objects.select_related("programme").filter(published_at__isnull=False)
    return _preview(request, get_object_or_404(published, programme_id=pk, number=number))


def _preview(request: HttpRequest, question_set: QuestionSet) -> HttpResponse:
    found, writer = questions.entries(question_set), question_set.published_by
    context = {
        "programme": question_set.programme,
        "version": question_set,
        "who": names_of({writer}).get(writer, "") if writer else "",
        "name": _name(question_set),
        "is_empty": not found,
        "form": PreviewForm(found=found),
        "files": [entry.question for entry in found if entry.question.kind == Question.Kind.FILE],
        "conditions": [(row["question"].label, row["notes"]) for row in rows_of(found) if _is_called(row["question"])],
    }
    return render(request, "workflow/administration/question_preview.html", context)


def _name(question_set: QuestionSet) -> str:
    if question_set.published_at is None:
        return _("Vorschau")
    return _("Fassung %(number)s") % {"number": question_set.number}


def _is_called(question: Question) -> bool:
    return bool(question.condition) or question.from_amount is not None


@administrators
@require_form
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then throws the version in work away."""
    question_set = in_work(pk)
    stale: Faster | None = None
    if request.method == "POST":
        try:
            mark = request.POST.get("mark", "")
            questioning.discard(question_set, mark=mark, actor=actor_in(request), at=timezone.now())
        except Faster as faster:
            stale = faster
        else:
            messages.success(request, _("Fassung %(number)s ist verworfen.") % {"number": question_set.number})
            return redirect("workflow:question_programme", pk)
    found = questions.entries(question_set)
    context = {
        "programme": question_set.programme,
        "number": question_set.number,
        "rows": rows_of(found),
        "mark": questioning.mark_of_all(found),
        "stale": stale,
    }
    return render(
        request, "workflow/administration/question_discard.html", context, status=stale.status if stale else 200
    )
