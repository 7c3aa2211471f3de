"""„Meine Daten": what we keep about the logged-in person, as a file to take along (Art. 15 DSGVO)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_in
from accounts.models import User
from workflow import own_data


def _user(request: HttpRequest) -> User:
    return get_object_or_404(User, key=actor_in(request).key)


@login_required
@require_safe
def own_data_page(request: HttpRequest) -> HttpResponse:
    context = {"names": [organisation.name for organisation in own_data.administered(_user(request))]}
    return render(request, "workflow/counter/own_data.html", context)


@login_required
@require_POST
def download(request: HttpRequest) -> FileResponse:
    now = timezone.now()
    archive = own_data.take(_user(request), actor=actor_in(request), at=now)
    name = f"meine-daten-{timezone.localdate(now):%Y-%m-%d}.zip"
    answer = FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
