"""Pages that exist in the demo alone: log in as somebody invented, and read what was mailed. Elsewhere they are 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import demo, mailbox
from accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_people(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _log_in(request)
    known = demo.people()
    if len(known) < len(demo.PEOPLE):
        demo.create_people(at=timezone.now())
        known = demo.people()
    context = {
        "staff": [person for person, _user in known if person.is_staff],
        "applicants": [person for person, _user in known if not person.is_staff],
        "next": get_next_redirect_url(request, "next"),
    }
    return render(request, "accounts/demo_people.html", context)


def _log_in(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("email", "")
    if address not in {person.email for person in demo.PEOPLE}:
        raise Http404
    user = User.objects.filter(email=address, is_active=True).first() or demo.create_people(at=timezone.now())[address]
    login(request, user, backend=BACKEND)
    return redirect(get_next_redirect_url(request, "next") or "home")


@demo_only
@never_cache
@require_safe
def show_mailbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("an", "").strip().lower()
    return render(request, "accounts/mailbox.html", {"letters": mailbox.letters(to=to), "to": to})
