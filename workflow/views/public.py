"""The start page: what for, for whom, until when, and the way there. Who is logged in goes on to their own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from funding import programmes
from workflow import duration


def start(request: HttpRequest) -> HttpResponse:
    actor = getattr(request, "actor", None)
    if actor is not None:
        return HttpResponseRedirect(reverse("home"))
    now = timezone.now()
    calls = programmes.published(at=now)
    context = {
        "calls": [call for call in calls if call.is_open],
        "coming": [call for call in calls if not call.is_open and call.round],
        "programme": calls[0].programme if calls else None,
        "weeks": duration.usual_weeks(None, at=now),
    }
    return render(request, "workflow/start.html", context)
