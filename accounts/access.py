"""Who may open a page. The rule of a page stands at its view; the access table in the tests walks all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from journal.actors import APPLICANT, Actor
from journal.refusals import Forbidden

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]


def actor_in(request: HttpRequest) -> Actor:
    """The Actor of a logged-in request; a view behind `roles_required` always has one."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise Forbidden(_("Bitte melden Sie sich an."))
    return actor


def roles_required(*roles: str) -> Callable[[View[P, Any]], View[P, Any]]:
    """Only people with one of the roles; others get 403, strangers the log-in page."""

    def decorate(view: View[P, Any]) -> View[P, Any]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
            if not actor_in(request).has_role(*roles):
                raise Forbidden(_("Diese Seite gehört zu einer anderen Aufgabe."))
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate


applicant_required = roles_required(APPLICANT)
