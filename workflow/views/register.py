"""The register of resolutions: what each body resolved, with its words, votes, paper and cases."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS
from funding.models import Resolution
from workflow import follow_ups
from workflow.forms.register import RegisterFilter
from workflow.models import CaseResolution, Consultation, ConsultationCase

PER_PAGE = 50


@roles_required(*CASE_READERS)
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterFilter(request.GET)
    is_valid = form.is_valid()
    page = Paginator(form.resolutions() if is_valid else Resolution.objects.none(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    tasks = follow_ups.open_tasks().order_by("due_on")[:PER_PAGE]
    context = {
        "form": form,
        "page": page,
        "rows": _rows(list(page)),
        "tasks": follow_ups.rows(tasks, actor_in(request)),
        "today": timezone.localdate(),
    }
    return render(request, "workflow/votes/register.html", context, status=200 if is_valid else 422)


def _rows(resolutions: list[Resolution]) -> list[dict[str, Any]]:
    """Each resolution with its consultation, if it came from one, and its cases: three queries for all."""
    cases = Prefetch("cases", ConsultationCase.objects.select_related("case__application"))
    voted = {
        found.resolution_id: found
        for found in Consultation.objects.filter(resolution__in=resolutions)
        .select_related("paper", "body")
        .prefetch_related(cases)
    }
    single: dict[int, list[CaseResolution]] = {}
    for entry in CaseResolution.objects.filter(resolution__in=resolutions).select_related("case__application"):
        single.setdefault(entry.resolution_id, []).append(entry)
    return [_row(found, voted.get(found.pk), single.get(found.pk, [])) for found in resolutions]


def _row(found: Resolution, voted: Consultation | None, single: list[CaseResolution]) -> dict[str, Any]:
    votes: Any = voted or next(iter(single), None)
    return {
        "resolution": found,
        "consultation": voted,
        "votes": votes,
        "outcome": votes.get_outcome_display() if votes else "",
        "cases": list(voted.cases.all()) if voted else single,
    }
