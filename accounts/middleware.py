"""Who is asking, and whether they showed the second factor that staff need."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
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
    """Staff who did not show a second factor in this session can do nothing but that (outside the demo).

    To own one is not enough: a session that began before it was set up may be in other hands. And whoever removes
    the last one sets up another before they go on.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if settings.DEMO or actor is None or not actor.is_staff or request.path.startswith(ALLOWED_WITHOUT):
            return self.get_response(request)
        if self._was_shown(request) and is_mfa_enabled(request.user):
            return self.get_response(request)
        return HttpResponseRedirect(self._where_to_show(request))

    def _was_shown(self, request: HttpRequest) -> bool:
        return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))

    def _where_to_show(self, request: HttpRequest) -> str:
        """The page that asks for it, or the one that sets it up."""
        if not is_mfa_enabled(request.user):
            return reverse("mfa_index")
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        here = {"next": request.get_full_path()} if request.method == "GET" else {}
        return f"{methods[0]['url']}?{urlencode(here)}"
