"""One page for every movement of a line: the first click shows its effect, the second books just that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import actor_in
from funding import movements, preview
from funding.forms.movements import MovementForm
from funding.models import BudgetLine
from funding.money import format_money
from funding.preview import Effect
from funding.views.budget import officers_only
from journal.refusals import Refused


@officers_only
def movement(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    line, found = get_object_or_404(BudgetLine, pk=pk), movements.VERBS.get(verb)
    if found is None:
        raise Http404
    if request.method != "POST":
        obstacle = movements.why_not(found, line, has_siblings=movements.has_siblings(line))
        return _page(request, MovementForm(line=line, verb=found), obstacle=obstacle)
    form = MovementForm(request.POST, line=line, verb=found)
    effect = _effect(request, form) if form.is_valid() else None
    if effect is None or not effect.is_booked:
        return _page(request, form, effect=effect, button=_named(found.button, form))
    messages.success(request, _named(found.done, form))
    return HttpResponseRedirect(reverse("funding:budget_line", args=[pk]))


def _effect(request: HttpRequest, form: MovementForm) -> Effect | None:
    """What the order does, booked if it was looked at; None if it is refused, with the sentence beside its field."""
    seen = request.POST.get("confirm", "")
    try:
        return preview.book_as_seen(form.order(), seen, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.refuse(refused.sentence, refused.field)
        return None


def _named(sentence: Any, form: MovementForm) -> str:
    return str(sentence) % {"amount": format_money(form.cleaned_data.get("amount"))}


def _page(request: HttpRequest, form: MovementForm, **context: Any) -> HttpResponse:
    context |= {"line": form.line, "verb": form.verb, "form": form}
    return render(request, "funding/budget_movement.html", context, status=422 if form.errors else 200)
