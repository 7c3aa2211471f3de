"""What changed from one revision to the next, for both sides of a case."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import roles_required
from accounts.roles import CASE_READERS
from workflow import differences
from workflow.models import Case
from workflow.views.case import find
from workflow.views.counter import own_case


@login_required
def my_differences(request: HttpRequest, key: UUID) -> HttpResponse:
    case = own_case(request, key)
    return _page(request, case, reverse("workflow:my_case", args=[key]))


@roles_required(*CASE_READERS)
def case_differences(request: HttpRequest, reference: str) -> HttpResponse:
    return _page(request, find(reference), reverse("workflow:case", args=[reference]))


def _page(request: HttpRequest, case: Case, case_url: str) -> HttpResponse:
    """The last two revisions, or those that the address names (`?von=1&bis=3`); 404 where there is no such one."""
    revisions = list(case.application.revisions.defer("content").order_by("number"))
    numbers = [revision.number for revision in revisions]
    first = _number(request, "von", numbers[-2] if len(numbers) > 1 else numbers[-1])
    second = _number(request, "bis", numbers[-1])
    groups = differences.between(case.application, first, second)
    if groups is None:
        raise Http404
    by_number = {revision.number: revision for revision in revisions}
    context = {
        "case": case,
        "case_url": case_url,
        "groups": groups,
        "old": by_number[first],
        "new": by_number[second],
        "others": _others(numbers, first, second),
    }
    return render(request, "workflow/differences.html", context)


def _number(request: HttpRequest, name: str, default: int) -> int:
    typed = request.GET.get(name, "")
    if not typed:
        return default
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        raise Http404
    return int(typed)


def _others(numbers: list[int], first: int, second: int) -> list[tuple[int, int]]:
    """Each revision with the one before it, and the first with the last: what else can be compared."""
    steps = list(pairwise(numbers))
    whole = [(numbers[0], numbers[-1])] if len(numbers) > 2 else []
    return [pair for pair in [*steps, *whole] if pair != (first, second)]
