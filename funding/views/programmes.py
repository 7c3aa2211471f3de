"""What we fund, for everybody to read before anybody logs in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from funding import programmes


def programme_list(request: HttpRequest) -> HttpResponse:
    calls = programmes.published(at=timezone.now())
    return render(request, "funding/programme_list.html", {"calls": calls})
