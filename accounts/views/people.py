"""People and their roles, for the administration of the system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import grants, people
from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.forms.people import GiveRoleForm, InviteForm
from accounts.models import RoleGrant, User
from accounts.roles import Role
from journal.refusals import Refused

PAGE = 50
sysadmins = roles_required(Role.SYSADMIN)
require_form = require_http_methods(["GET", "HEAD", "POST"])


@sysadmins
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    wanted, query = request.GET.get("gruppe", ""), request.GET.get("suche", "").strip()[:100]
    group = wanted if wanted in people.GROUPS else people.GROUPS[0]
    found = people.listed(group=group, query=query.replace("\x00", ""))
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "views": _views(group),
        "group": group,
        "query": query,
    }
    return render(request, "accounts/people.html", context)


def _views(group: str) -> list[dict[str, Any]]:
    labels = (_("Im Amt"), _("Ohne Aufgabe im Amt"), _("Geschlossene Konten"))
    return [
        {"label": label, "url": f"?gruppe={key}", "is_current": key == group}
        for key, label in zip(people.GROUPS, labels, strict=True)
    ]


@sysadmins
@require_form
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = people.invite(**form.cleaned_data, actor=actor_in(request), at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(
                request, _("%(name)s ist eingeladen. Die Nachricht geht in einer Minute los.") % {"name": user}
            )
            return redirect("accounts:person", user.key)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@sysadmins
@require_form
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    user = get_object_or_404(User, key=key)
    history = list(RoleGrant.objects.filter(user=user).order_by("-granted_at"))
    held = [grant for grant in history if grant.ended_at is None]
    form = GiveRoleForm(request.POST if request.method == "POST" else None, held={grant.role for grant in held})
    if request.method == "POST" and form.is_valid() and _give(request, user, form):
        return redirect("accounts:person", key)
    context = {
        "person": user,
        "form": form,
        "held": held,
        "history": _with_names(history),
        "is_self": user.key == actor_in(request).key,
    }
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


def _with_names(history: list[RoleGrant]) -> list[tuple[RoleGrant, str, str]]:
    names = names_of({grant.granted_by for grant in history} | {grant.ended_by for grant in history})
    by = {None: "Fördertopf"} | names
    return [(grant, by.get(grant.granted_by, ""), by.get(grant.ended_by, "")) for grant in history]


def _give(request: HttpRequest, user: User, form: GiveRoleForm) -> bool:
    try:
        grant = grants.give(user, form.cleaned_data["role"], actor=actor_in(request), at=timezone.now())
    except Refused as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return False
    words = {"name": user, "role": grant.get_role_display()}
    messages.success(request, _("%(name)s hat jetzt die Aufgabe „%(role)s“.") % words)
    return True


def _after(request: HttpRequest, user: User, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(reverse("accounts:person", args=[user.key]))


@sysadmins
@require_POST
def end_role(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    grant = get_object_or_404(RoleGrant.objects.select_related("user"), user__key=key, pk=pk)
    grants.end(grant, actor=actor_in(request), at=timezone.now())
    return _after(request, grant.user, _("Die Aufgabe „%(role)s“ ist beendet.") % {"role": grant.get_role_display()})


@sysadmins
@require_POST
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    user = get_object_or_404(User, key=key)
    people.close(user, actor=actor_in(request), at=timezone.now())
    return _after(request, user, _("Das Konto ist geschlossen. Alle Aufgaben sind beendet."))


@sysadmins
@require_POST
def reopen(request: HttpRequest, key: UUID) -> HttpResponse:
    user = get_object_or_404(User, key=key)
    people.reopen(user, actor=actor_in(request), at=timezone.now())
    return _after(request, user, _("Das Konto ist wieder offen. Aufgaben geben Sie neu."))
