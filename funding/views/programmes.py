"""What we fund, for everybody to read before anybody logs in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from funding import programmes
from funding.models import Measure, Programme


def programme_list(request: HttpRequest) -> HttpResponse:
    calls = programmes.published(at=timezone.now())
    return render(request, "funding/programme_list.html", {"calls": calls})


def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that one wants to know beforehand: the questions, the papers, the deadline, the rate, a person."""
    found = Programme.objects.filter(slug=slug, is_published=True).first()
    if found is None:
        raise Http404
    context = {
        "call": programmes.call_of(found, at=timezone.now()),
        "programme": found,
        "measures": Measure.objects.filter(is_active=True).select_related("goal"),
    }
    return render(request, "funding/programme.html", context)
