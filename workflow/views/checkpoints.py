"""The points of the formal check that a programme adds: added, put in order, taken out of use."""

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
from workflow import checkpoints
from workflow.forms.checkpoints import CheckPointForm, form_for
from workflow.models import ChecklistItem, CheckPoint

require_form = require_http_methods(["GET", "HEAD", "POST"])
administrators = roles_required(Role.SYSADMIN, Role.COORDINATOR)


@administrators
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes, with the number of their own points."""
    own = CheckPoint.objects.filter(retired_at__isnull=True).values("programme").annotate(count=Count("pk"))
    counts = dict(own.values_list("programme", "count"))
    rows = [(programme, counts.get(programme.pk, 0)) for programme in Programme.objects.order_by("title")]
    return render(request, "workflow/administration/checkpoints.html", {"rows": rows})


@administrators
@require_safe
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    return _programme(request, get_object_or_404(Programme, pk=pk))


def _programme(request: HttpRequest, found: Programme, *, sentence: str = "", status: int = 200) -> HttpResponse:
    points = CheckPoint.objects.filter(programme=found)
    used = [point for point in points if point.retired_at is None]
    context = {
        "programme": found,
        "used": used,
        "retired": [point for point in points if point.retired_at is not None],
        "standard": [label for _code, label in ChecklistItem.Code.choices],
        "sentence": sentence,
    }
    return render(request, "workflow/administration/checkpoint_programme.html", context, status=status)


@administrators
@require_form
def new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Programme, pk=pk)
    form = form_for(None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, found, None):
        return redirect("workflow:checkpoint_programme", found.pk)
    return _form(request, found, form, name=_("Neuer Prüfpunkt"))


@administrators
@require_form
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    point = _point(pk)
    form = form_for(point, request.POST if request.method == "POST" else None)
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            if _saved(request, form, point.programme, point):
                return redirect("workflow:checkpoint_programme", point.programme_id)
        except Faster as faster:
            point.refresh_from_db()
            stale = faster.sentence
            form.data = {**form.data.dict(), "mark": checkpoints.mark_of(point)}  # type: ignore[attr-defined]
    return _form(request, point.programme, form, name=point.title, point=point, stale=stale)


def _saved(request: HttpRequest, form: CheckPointForm, found: Programme, point: CheckPoint | None) -> bool:
    data, who = form.cleaned_data, {"actor": actor_in(request), "at": timezone.now()}
    words: dict[str, Any] = {"title": data["title"], "hint": data["hint"], **who}
    try:
        if point is None:
            checkpoints.add(found, **words)
        else:
            checkpoints.change(point, seen=data["mark"], **words)
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": data["title"]})
    return True


def _form(
    request: HttpRequest, found: Programme, form: CheckPointForm, *, name: str, point: CheckPoint | None = None,
    stale: str = "",
) -> HttpResponse:  # fmt: skip
    context = {"programme": found, "form": form, "name": name, "point": point, "stale": stale}
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "workflow/administration/checkpoint.html", context, status=status)


def _point(pk: int) -> CheckPoint:
    return get_object_or_404(CheckPoint.objects.select_related("programme"), pk=pk)


@administrators
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    by = {"up": -1, "down": 1}.get(request.POST.get("direction", ""))
    if by is None:
        raise Refused(_("Bitte wählen Sie nach oben oder nach unten."))
    return _changed(request, pk, lambda point, **who: checkpoints.move(point, by=by, **who))


@administrators
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, checkpoints.retire)


@administrators
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return _changed(request, pk, checkpoints.restore)


def _changed(request: HttpRequest, pk: int, action: Callable[..., Any]) -> HttpResponse:
    point = _point(pk)
    try:
        action(point, actor=actor_in(request), at=timezone.now())
    except (Faster, Refused) as refusal:
        return _programme(request, point.programme, sentence=refusal.sentence, status=refusal.status)
    return redirect("workflow:checkpoint_programme", point.programme_id)
