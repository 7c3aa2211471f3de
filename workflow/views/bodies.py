"""One body: who sits in it, where and how it sits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from workflow import bodies, papers, sessions
from workflow.forms.council import BodyForm, MemberForm
from workflow.models import Body, BodyMember
from workflow.models.council import SLUGS
from workflow.views.sessions import told

readers = roles_required(*papers.READERS)
office = roles_required(Role.COMMITTEE_OFFICE)


def _find(slug: str) -> Body:
    kind = next((kind for kind, known in SLUGS.items() if known == slug), "")
    return get_object_or_404(Body, kind=kind)


def _back(body: Body) -> HttpResponse:
    return HttpResponseRedirect(reverse("workflow:body", args=[body.slug]))


@readers
def body(request: HttpRequest, slug: str) -> HttpResponse:
    found, today = _find(slug), timezone.localdate()
    members = list(found.members.all())
    now = [member for member in members if member.since <= today and (member.until is None or member.until >= today)]
    context = {
        "body": found,
        "members": now,
        "others": [member for member in members if member not in now],
        "voters": sum(member.has_vote for member in now),
        "upcoming": [(one, *told(one)) for one in sessions.upcoming(today).filter(body=found)],
        "may_edit": actor_in(request).has_role(Role.COMMITTEE_OFFICE),
    }
    return render(request, "workflow/council/body.html", context)


def _form_page(request: HttpRequest, found: Body, form: Any, title: str) -> HttpResponse:
    context = {"body": found, "form": form, "heading": title}
    return render(request, "workflow/council/body_form.html", context, status=422 if form.errors else 200)


@office
def body_change(request: HttpRequest, slug: str) -> HttpResponse:
    found = _find(slug)
    form = BodyForm(request.POST if request.method == "POST" else None, body=found)
    if request.method == "POST" and form.is_valid():
        bodies.change_body(found, form.data_for_body(), actor=actor_in(request), at=timezone.now())
        messages.success(request, _("Gespeichert."))
        return _back(found)
    return _form_page(request, found, form, _("Gremium ändern"))


@office
def member_new(request: HttpRequest, slug: str) -> HttpResponse:
    found = _find(slug)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = bodies.add_member(found, form.data_for_member(), actor=actor_in(request), at=timezone.now())
        messages.success(request, _("%(name)s ist eingetragen.") % {"name": made})
        return _back(found)
    return _form_page(request, found, form, _("Mitglied eintragen"))


@office
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _find(slug)
    wanted = get_object_or_404(BodyMember.objects.select_related("body"), body=found, pk=pk)
    form = MemberForm(request.POST if request.method == "POST" else None, member=wanted)
    if request.method == "POST" and form.is_valid():
        bodies.change_member(wanted, form.data_for_member(), actor=actor_in(request), at=timezone.now())
        messages.success(request, _("Gespeichert."))
        return _back(found)
    return _form_page(request, found, form, str(wanted))
