"""What the page of a case shows of its messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.access import actor_in
from workflow import talk
from workflow.forms.talk import MessageForm
from workflow.models import Case


def panel(
    request: HttpRequest,
    case: Case,
    *,
    for_office: bool,
    form: MessageForm | None = None,
    limit: int | None = talk.SHOWN,
) -> dict[str, Any]:
    """The messages and the form, for a template that includes the thread. What is seen counts as read."""
    actor = actor_in(request)
    thread = talk.thread_of(case, for_office=for_office, limit=limit)
    if request.method == "GET":
        talk.mark_read(thread, case, actor, for_office=for_office, at=timezone.now())
    name, key = ("case_messages", case.reference) if for_office else ("my_messages", case.application.key)
    return {
        "thread": thread,
        "form": form or MessageForm(),
        "may_write": talk.may_write(case, actor, from_office=for_office),
        "url": reverse(f"workflow:{name}", args=[key]),
        "for_office": for_office,
    }
