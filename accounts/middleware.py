"""Who is asking, and whether they showed the second factor that staff need."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.actors import actor_of
from accounts.models import User
from journal.actors import Actor

GetResponse = Callable[[HttpRequest], HttpResponse]
ALLOWED_WITHOUT = ("/konto/", "/static/", "/healthz", "/seite/", "/sprache/", "/darstellung/")


class ActorMiddleware:
    """Sets `request.actor`: an Actor, or None for a stranger. One query."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _actor(self, request: HttpRequest) -> Actor | None:
        return actor_of(request.user) if isinstance(request.user, User) else None


class SecondFactorMiddleware:
    """Staff without a second factor can do nothing but set one up (outside the demo)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_missing(request):
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        actor = getattr(request, "actor", None)
        if settings.DEMO or actor is None or not actor.is_staff or request.path.startswith(ALLOWED_WITHOUT):
            return False
        return not is_mfa_enabled(request.user)
