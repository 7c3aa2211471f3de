"""Scoring a case: one's own sheet, and what the others found once one's own is in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from journal import impartial
from journal.actors import Actor
from journal.refusals import Refused
from workflow import queries, reviews
from workflow.forms.reviews import ReviewForm
from workflow.models import Case, Review


@roles_required(*reviews.READERS)
def review(request: HttpRequest, reference: str) -> HttpResponse:
    case = get_object_or_404(queries.with_everything(), reference=reference)
    if request.method == "POST":
        return _send(request, case)
    return _page(request, case, None)


def _send(request: HttpRequest, case: Case) -> HttpResponse:
    """A form of any kind of draft is kept; only handing in asks for all of it."""
    actor, hand_in = actor_in(request), request.POST.get("do") == "hand_in"
    form = ReviewForm(request.POST, scale=reviews.scale_of(case), review=None)
    if not form.is_valid():
        return _page(request, case, form)
    note = form.cleaned_data["note"]
    try:
        reviews.save(case, form.points(), note=note, hand_in=hand_in, actor=actor, at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _page(request, case, form)
    told = (
        _("Ihre Bewertung ist abgegeben. Jetzt sehen Sie auch die der anderen.")
        if hand_in
        else _("Entwurf gespeichert.")
    )
    messages.success(request, told)
    return HttpResponseRedirect(reverse("workflow:review", args=[case.reference]))


def _page(request: HttpRequest, case: Case, sent: ReviewForm | None) -> HttpResponse:
    actor, today = actor_in(request), timezone.localdate()
    own = reviews.own_review(case.pk, actor)
    bias = impartial.bias(case, actor=actor, today=today) or ""
    found = reviews.handed_in(case.pk)
    reads = reviews.reads_others(case, own, actor=actor, today=today)
    context = {
        "case": case,
        "bias": bias,
        "closed": reviews.refuse_scoring(case, actor) or "",
        "form": sent or _form(case, own, actor, bias),
        "own": own,
        "count": len([one for one in found if one.reviewer != actor.key]),
        "reads": reads,
        "sheet": _sheet(found) if reads else None,
        "wrong": sent,
    }
    return render(request, "workflow/office/review.html", context, status=422 if sent else 200)


def _form(case: Case, own: Review | None, actor: Actor, bias: str) -> ReviewForm | None:
    """None for who cannot score (any more), and where there is nothing to score by."""
    if bias or reviews.refuse_scoring(case, actor) or (own is not None and own.handed_in_at is not None):
        return None
    scale = reviews.scale_of(case)
    return ReviewForm(scale=scale, review=own) if scale else None


def _sheet(found: list[Review]) -> dict[str, Any] | None:
    """Criteria in rows, people in columns, the means below."""
    if not found:
        return None
    names = names_of({one.reviewer for one in found})
    points = {one.pk: {score.criterion_id: score.points for score in one.scores.all()} for one in found}
    criteria = {score.criterion_id: score.criterion for one in found for score in one.scores.all()}
    rows = [(criterion, [points[one.pk].get(pk) for one in found]) for pk, criterion in criteria.items()]
    mean = reviews.mean_of(found)
    return {
        "people": [names.get(one.reviewer, _("Name gelöscht")) for one in found],
        "rows": rows,
        "percents": [_shown(reviews.percent_of(one)) for one in found],
        "mean": _shown(mean),
        "notes": [(names.get(one.reviewer, _("Name gelöscht")), one.note) for one in found if one.note],
    }


def _shown(value: Any) -> str:
    return f"{reviews.rounded(value)}".replace(".", ",") if value is not None else "–"
