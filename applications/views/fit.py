"""Does it fit? One minute, without log-in, and nothing is stored: the answers stand in the address alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications import eligibility, programme
from applications.forms.fit import FitForm
from applications.models import EligibilityRule
from funding import programmes
from funding.models import Programme

KEPT = ("kind", "municipality")
"""Answers that go along into the form of a new organisation."""


@require_safe
def fit(request: HttpRequest, slug: str) -> HttpResponse:
    found = Programme.objects.filter(slug=slug, is_published=True).first()
    if found is None:
        raise Http404
    rules = eligibility.rules_of(found)
    is_asked = bool(request.GET)
    form = FitForm(request.GET if is_asked else None, rules=rules)
    context = {
        "programme": found,
        "call": programmes.call_of(found, at=timezone.now()),
        "form": form,
        "has_rules": bool(rules),
        "start": start_address(request, slug),
    }
    if is_asked and form.is_valid():
        context |= _result(rules, form)
    return render(request, "applications/fit.html", context, status=422 if form.errors else 200)


def start_address(request: HttpRequest, slug: str) -> str:
    """Where the application begins, with what need not be asked again."""
    address = reverse("applications:create", args=[slug])
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return f"{address}?{urlencode(kept)}" if kept else address


def _result(rules: list[EligibilityRule], form: FitForm) -> dict[str, Any]:
    today = timezone.localdate()
    findings = eligibility.check(rules, form.facts(), today=today)
    against = eligibility.against(findings)
    unknown = [finding.rule for finding in findings if finding.holds is None]
    return {
        "is_checked": True,
        "against": [(finding.reason, programme.way_out(finding.rule, today=today)) for finding in against],
        "unknown": list(dict.fromkeys(str(rule) for rule in unknown)),
        "fits": not against,
        "knows_nothing": len(unknown) == len(findings),
    }
