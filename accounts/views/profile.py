"""One's own account: name, telephone, language, and the ways to log in."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_in
from accounts.forms.profile import ProfileForm
from accounts.models import RoleGrant, User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = get_object_or_404(User, key=actor_in(request).key)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Ihre Angaben sind gespeichert."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "email": user.email,
        "has_second_factor": is_mfa_enabled(user),
        "roles": [grant.get_role_display() for grant in RoleGrant.objects.filter(user=user, ended_at__isnull=True)],
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)
