"""What somebody calls the place of their organisation in the menu, kept in the session so that no page asks for it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Membership, Organisation

Kind = Organisation.Kind
WORDS = {
    Kind.ASSOCIATION: _("Unser Verein"),
    Kind.MUNICIPALITY: _("Unsere Gemeinde"),
    Kind.SCHOOL: _("Unsere Schule"),
    Kind.OTHER_BODY: _("Unsere Organisation"),
    Kind.NATURAL_PERSON: _("Meine Daten"),
}
SEVERAL = _("Meine Organisationen")
IN_SESSION = "organisation_kinds"


def word(kinds: list[str]) -> Any:
    """One organisation has its own word, several a neutral one; with none nothing is known."""
    if len(kinds) > 1:
        return SEVERAL
    return WORDS[Kind(kinds[0])] if kinds else WORDS[Kind.OTHER_BODY]


def in_menu(request: HttpRequest) -> Any:
    """The word for the menu, or None where the session does not say; no query beside the session's own."""
    session = getattr(request, "session", None)
    kinds = session.get(IN_SESSION) if session is not None else None
    return None if kinds is None else word(kinds)


def remember(request: HttpRequest, user: User) -> None:
    """Notes anew of which kind the person's organisations are: at the log-in, and whenever they may have changed."""
    own = Membership.objects.filter(user=user).order_by("organisation__name", "pk")
    note(request, list(own.values_list("organisation__kind", flat=True)))


def note(request: HttpRequest, kinds: list[str]) -> None:
    """Writes the session only if something changed."""
    if request.session.get(IN_SESSION) != kinds:
        request.session[IN_SESSION] = kinds


@receiver(user_logged_in, dispatch_uid="applications.remember_organisations")
def at_log_in(request: HttpRequest, user: User, **_more: Any) -> None:
    remember(request, user)
