"""„Kalender-Abo": the page in the person's account, and the feed behind its secret address."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_in
from accounts.models import User
from accounts.roles import Role
from workflow import calendars
from workflow.models import CalendarFeed


def _user(request: HttpRequest) -> User:
    return get_object_or_404(User, key=actor_in(request).key)


@login_required
@require_safe
def subscription(request: HttpRequest) -> HttpResponse:
    return _page(request, _user(request))


@login_required
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """The new address stands on this answer and nowhere else afterwards."""
    user = _user(request)
    secret = calendars.make(user, actor=actor_in(request), at=timezone.now())
    return _page(request, user, address=f"{settings.SITE_URL}{reverse('workflow:calendar', args=[secret])}")


@login_required
@require_POST
def switch_off(request: HttpRequest) -> HttpResponse:
    if calendars.end(_user(request), actor=actor_in(request), at=timezone.now()):
        messages.success(request, _("Das Kalender-Abo ist aus. Die alte Adresse geht nicht mehr."))
    return HttpResponseRedirect(reverse("workflow:calendar_subscription"))


def _page(request: HttpRequest, user: User, *, address: str = "") -> HttpResponse:
    context = {
        "feed": CalendarFeed.objects.filter(user=user).first(),
        "address": address,
        "is_caseworker": actor_in(request).has_role(Role.CASEWORKER),
    }
    answer = render(request, "workflow/counter/calendar.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """For calendar programs, which cannot log in: who knows the address may read it. A dead one is not found."""
    user = calendars.owner_of(secret)
    if user is None:
        raise Http404
    answer = HttpResponse(calendars.feed_of(user, at=timezone.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="foerdertopf.ics"'
    answer["Cache-Control"] = "private, max-age=900"
    answer["X-Robots-Tag"] = "noindex"
    return answer
