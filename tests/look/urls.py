"""The gallery in the frame of the product, without the product's pages: what the frame links to leads nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config import navigation, views
from tests.look.views import fault, page, start


def nowhere(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return HttpResponse(status=204)


def _stubs(floor: str) -> list[object]:
    names = {entry.url_name for entry in navigation.ENTRIES.values() if entry.url_name.startswith(f"{floor}:")}
    views_of = {"workflow:today": start}
    return [
        path(f"{floor}/{name.split(':')[1]}/", views_of.get(name, nowhere), name=name.split(":")[1])
        for name in sorted(names)
    ]


urlpatterns = [
    path("", nowhere, name="start"),
    path("seite/<slug:slug>/", nowhere, name="page"),
    path("texte/<slug:slug>/", views.page, name="text"),
    path("darstellung/", views.theme, name="theme"),
    path("sprache/", include("django.conf.urls.i18n")),
    path("konto/login/", nowhere, name="account_login"),
    path("konto/logout/", nowhere, name="account_logout"),
    path("muster/<slug:name>/", page, name="sample"),
    path("fehler/<slug:name>/", fault, name="fault"),
    *(path("", include((_stubs(floor), floor))) for floor in ("workflow", "funding", "applications")),
]
handler403, handler404, handler400 = "config.views.forbidden", "config.views.not_found", "config.views.bad_request"
