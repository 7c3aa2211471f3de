"""The administration: catalogue, dated settings, background jobs. Reading is GET, every change is a POST and is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from journal import heartbeat, values
from journal.models import DatedValue, Message, Reminder
from journal.refusals import Forbidden, Refused
from workflow import administration
from workflow.catalogue import SECTIONS, Section
from workflow.forms.administration import ValueForm

PAGE = 50
require_form = require_http_methods(["GET", "HEAD", "POST"])
administrators = roles_required(Role.SYSADMIN, Role.COORDINATOR)
sysadmins = roles_required(Role.SYSADMIN)


@administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_in(request)
    context = {
        "sections": [section for section in SECTIONS.values() if actor.has_role(*section.roles)],
        "is_sysadmin": actor.has_role(Role.SYSADMIN),
        "may_read_ties": actor.has_role(Role.COORDINATOR),
        "failed": Message.objects.filter(status=Message.Status.FAILED).count(),
    }
    return render(request, "workflow/administration/index.html", context)


def _section(request: HttpRequest, slug: str) -> Section:
    if slug not in SECTIONS:
        raise Http404
    section = SECTIONS[slug]
    if not actor_in(request).has_role(*section.roles):
        raise Forbidden(_("Diese Seite gehört zu einer anderen Aufgabe."))
    return section


@administrators
@require_safe
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    section = _section(request, slug)
    page = Paginator(section.rows(), PAGE).get_page(request.GET.get("page"))
    rows = [(obj.pk, [administration.held(obj, name) for _head, name in section.columns]) for obj in page]
    context = {"section": section, "rows": rows, "page": page, "notices": section.notices()}
    return render(request, "workflow/administration/entries.html", context)


@administrators
@require_form
def entry(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    section = _section(request, slug)
    obj = get_object_or_404(section.model, pk=pk) if pk is not None else None
    form = section.form(request.POST if request.method == "POST" else None, instance=obj, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        saved = administration.save_entry(form, slug, actor=actor_in(request), at=timezone.now())
        messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": saved})
        return redirect("workflow:administration_entries", slug)
    context = {"section": section, "form": form, "name": str(obj) if obj else section.new, "obj": obj}
    context["history"] = _told(section, obj) if obj else []
    return render(request, "workflow/administration/entry.html", context, status=422 if form.errors else 200)


@administrators
@require_form
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks first. Only entries that nothing else is built on can go."""
    section = _section(request, slug)
    if not section.is_removable:
        raise Http404
    obj = get_object_or_404(section.model, pk=pk)
    if request.method != "POST":
        return render(request, "workflow/administration/remove.html", {"section": section, "obj": obj})
    names = [name for _head, name in section.columns]
    administration.remove_entry(obj, slug, names=names, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("„%(name)s“ ist gelöscht.") % {"name": obj})
    return redirect("workflow:administration_entries", slug)


def _told(section: Section, obj: Any) -> list[dict[str, Any]]:
    events = administration.history_of(obj)
    names = names_of({event.actor_key for event in events})
    labels = {field.name: str(field.verbose_name) for field in section.model._meta.fields}
    labels |= {name: str(field.label) for name, field in section.form.base_fields.items()}
    return [
        {
            "at": event.at,
            "who": names.get(event.actor_key, "") if event.actor_key else "",
            "changes": [(labels.get(name, name), *pair) for name, pair in event.facts["changes"].items()],
        }
        for event in events
    ]


@sysadmins
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    in_force, to_come = administration.values_in_force(on=today), administration.values_to_come(after=today)
    groups: dict[str, list[dict[str, Any]]] = {}
    for setting in values.declared():
        groups.setdefault(str(setting.group), []).append(
            {
                "setting": setting,
                "name": administration.name_of(setting),
                "source": administration.source_of(setting),
                "value": administration.value_shown(setting, in_force.get(setting.key)),
                "since": in_force.get(setting.key),
                "next": to_come.get(setting.key),
            }
        )
    return render(request, "workflow/administration/settings.html", {"groups": groups})


@sysadmins
@require_form
def setting(request: HttpRequest, key: str) -> HttpResponse:
    try:
        declared = values.declared_one(key)
    except KeyError as error:
        raise Http404 from error
    today = timezone.localdate()
    form = ValueForm(
        request.POST if request.method == "POST" else None,
        setting=declared,
        initial=administration.suggestion(declared, on=today),
    )
    if request.method == "POST" and form.is_valid() and _change(request, key, form):
        messages.success(request, _("„%(name)s“ ist gespeichert.") % {"name": administration.name_of(declared)})
        return redirect("workflow:administration_settings")
    rows = list(DatedValue.objects.filter(key=key))
    names = names_of({row.set_by for row in rows})
    context = {
        "setting": declared,
        "name": administration.name_of(declared),
        "source": administration.source_of(declared),
        "is_long": declared.type is values.Type.LONG_TEXT,
        "form": form,
        "now": administration.value_shown(declared, administration.values_in_force(on=today).get(key)),
        "default": administration.value_shown(declared, None),
        "history": [
            (row, administration.value_shown(declared, row), names.get(row.set_by, "") if row.set_by else "")
            for row in rows
        ],
    }
    return render(request, "workflow/administration/setting.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, key: str, form: ValueForm) -> bool:
    data = form.cleaned_data
    try:
        administration.change_value(
            key,
            data["value"],
            valid_from=data["valid_from"],
            reason=data["reason"],
            actor=actor_in(request),
            at=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return False
    return True


@sysadmins
@require_safe
def background(request: HttpRequest) -> HttpResponse:
    """What waits, what failed, whether the clock runs. Of a letter it shows kind, address and error, never the text."""
    counts = {label: Message.objects.filter(status=status).count() for status, label in Message.Status.choices}
    failed = Message.objects.filter(status=Message.Status.FAILED).defer("subject", "body").order_by("-created_at")
    context = {
        "counts": counts.items(),
        "page": Paginator(failed, PAGE).get_page(request.GET.get("page")),
        "reminders": Reminder.objects.filter(done_at__isnull=True, ended_at__isnull=True).count(),
        "beat": heartbeat.last(),
    }
    return render(request, "workflow/administration/background.html", context)


@sysadmins
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    administration.retry(message, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Nachricht wird in der nächsten Minute noch einmal versendet."))
    return redirect("workflow:administration_background")
