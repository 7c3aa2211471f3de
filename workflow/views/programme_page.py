"""A programme, for everybody to read and print before anybody logs in: what, for whom, until when, how much, which
questions, which papers, who helps and how long it takes.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.roles import Role
from applications import completeness, eligibility, programme
from funding import programmes
from funding.models import Measure, Programme
from workflow import duration


def programme_page(request: HttpRequest, slug: str) -> HttpResponse:
    found = Programme.objects.filter(slug=slug, is_published=True).first()
    if found is None:
        raise Http404
    now = timezone.now()
    measures = list(Measure.objects.filter(is_active=True).select_related("goal"))
    actor = getattr(request, "actor", None)
    context = {
        "call": programmes.call_of(found, at=now),
        "programme": found,
        "now": now,
        "rounding": programmes.rounding_sentence(found),
        "measures": measures,
        "rules": programme.rules_in_words(eligibility.rules_of(found), measures),
        "questions": programme.questions_of(found),
        "papers": programme.papers_of(found),
        "declarations": completeness.DECLARATIONS.values(),
        "weeks": duration.usual_weeks(found, at=now),
        "may_give_time": actor is not None and actor.has_role(Role.CASEWORKER, Role.COORDINATOR),
    }
    return render(request, "workflow/programme.html", context)
