"""The criteria of a programme: added, weighted, put in order, taken out of use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from funding.models import Programme
from journal.refusals import Faster, Refused
from workflow import criteria
from workflow.forms.reviews import CriterionForm, form_for
from workflow.models import Criterion

require_form = require_http_methods(["GET", "HEAD", "POST"])
administrators = roles_required(Role.SYSADMIN, Role.COORDINATOR)


@administrators
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes, with the number of their criteria."""
    own = Criterion.objects.filter(retired_at__isnull=True).values("programme").annotate(count=Count("pk"))
    counts = dict(own.values_list("programme", "count"))
    rows = [(programme, counts.get(programme.pk, 0)) for programme in Programme.objects.order_by("title")]
    return render(request, "workflow/administration/criteria.html", {"rows": rows})


@administrators
@require_safe
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    return _programme(request, get_object_or_404(Programme, pk=pk))


def _programme(request: HttpRequest, found: Programme, *, sentence: str = "", status: int = 200) -> HttpResponse:
    every = Criterion.objects.filter(programme=found)
    used = [one for one in every if one.retired_at is None]
    weights = sum(one.weight for one in used)
    context = {
        "programme": found,
        "used": [(one, round(100 * one.weight / weights)) for one in used],
        "retired": [one for one in every if one.retired_at is not None],
        "sentence": sentence,
    }
    return render(request, "workflow/administration/criterion_programme.html", context, status=status)


@administrators
@require_form
def new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Programme, pk=pk)
    form = form_for(None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, found, None):
        return redirect("workflow:criterion_programme", found.pk)
    return _form(request, found, form, name=_("Neues Kriterium"))


@administrators
@require_form
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    criterion = _criterion(pk)
    form = form_for(criterion, request.POST if request.method == "POST" else None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            if _saved(request, form, criterion.programme, criterion):
                return redirect("workflow:criterion_programme", criterion.programme_id)
        except Faster as faster:
            criterion.refresh_from_db()
            stale = faster.sentence
            form.data = {**form.data.dict(), "mark": criteria.mark_of(criterion)}  # type: ignore[attr-defined]
    return _form(request, criterion.programme, form, name=criterion.title, criterion=criterion, stale=stale)


def _saved(request: HttpRequest, form: CriterionForm, found: Programme, criterion: Criterion | None) -> bool:
    data, who = form.cleaned_data, {"actor": actor_in(request), "at": timezone.now()}
    words: dict[str, Any] = {**form.words(), **who}
    try:
        if criterion is None:
            criteria.add(found, **words)
        else:
            criteria.change(criterion, seen=data["mark"], **words)
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": data["title"]})
    return True


def _form(
    request: HttpRequest, found: Programme, form: CriterionForm, *, name: str, criterion: Criterion | None = None,
    stale: str = "",
) -> HttpResponse:  # fmt: skip
    is_used = criterion is not None and criteria.is_used(criterion)
    context = {
        "programme": found, "form": form, "name": name, "criterion": criterion, "stale": stale, "is_used": is_used,
    }  # fmt: skip
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "workflow/administration/criterion.html", context, status=status)


def _criterion(pk: int) -> Criterion:
    return get_object_or_404(Criterion.objects.select_related("programme"), pk=pk)


@administrators
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    by = {"up": -1, "down": 1}.get(request.POST.get("direction", ""))
    if by is None:
        raise Refused(_("Bitte wählen Sie nach oben oder nach unten."))
    return _changed(request, pk, lambda criterion, **who: criteria.move(criterion, by=by, **who))


@administrators
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, criteria.retire)


def _changed(request: HttpRequest, pk: int, action: Callable[..., Any]) -> HttpResponse:
    criterion = _criterion(pk)
    try:
        action(criterion, actor=actor_in(request), at=timezone.now())
    except (Faster, Refused) as refusal:
        return _programme(request, criterion.programme, sentence=refusal.sentence, status=refusal.status)
    return redirect("workflow:criterion_programme", criterion.programme_id)
