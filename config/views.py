"""What belongs to no floor: light or dark, the texts of the site, and the pages for when something goes wrong."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from markdown_it import MarkdownIt

from config import navigation, pages
from config.navigation import THEMES

log = logging.getLogger("foerdertopf.errors")
YEAR = 365 * 24 * 60 * 60
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
"""HTML in a text stays visible as text: who may edit a page may not run a script on it."""


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Imprint, privacy, accessibility …: written by the administration, dated like every setting."""
    if slug not in pages.TITLES:
        raise Http404
    text = pages.text(slug, on=timezone.localdate())
    body = mark_safe(_MARKDOWN.render(text))  # noqa: S308 - made by the renderer above, which lets no HTML through
    return render(request, "page.html", {"title": pages.TITLES[slug], "body": body})


def home(request: HttpRequest) -> HttpResponse:
    """After log-in: the page where this person's work begins."""
    actor = navigation.actor_of(request)
    return redirect(navigation.address(actor.roles) if actor else "/")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Hell, dunkel, wie das Gerät: kept in a cookie, so that it needs neither account nor script."""
    chosen = request.POST.get("theme", "")
    response = HttpResponseRedirect(_back(request))
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"sentence": str(exception)}, status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly an old tab after a new log-in. A script that saves by itself is told in its own words."""
    if request.headers.get("X-Autosave") == "1":
        return JsonResponse({"reason": "stale"}, status=403)
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def conflict(request: HttpRequest, sentence: str, typed: dict[str, Any], url: str) -> HttpResponse:
    """Somebody was faster: `typed` is label → what was written, to copy; `url` leads to the state of now."""
    return render(request, "409.html", {"sentence": sentence, "typed": typed, "url": url}, status=409)


def broken(request: HttpRequest) -> HttpResponse:
    """No database, no session, no menu: whatever is broken, this page is not. The code connects it with the log."""
    code = secrets.token_hex(2).upper()
    log.error("error page shown, code %s, path %s", code, request.path)
    return HttpResponse(loader.get_template("500.html").render({"code": code}), status=500)
