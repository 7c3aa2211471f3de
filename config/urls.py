"""Every address of the house; each floor brings its own."""

from django.urls import include, path

from config import health, views
from workflow.views.public import start

urlpatterns = [
    path("", start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("seite/<slug:slug>/", views.page, name="page"),
    path("weiter/", views.home, name="home"),
    path("darstellung/", views.theme, name="theme"),
    path("sprache/", include("django.conf.urls.i18n")),
    path("konto/", include("accounts.log_in_urls")),
    path("", include("accounts.urls")),
    path("", include("funding.urls")),
    path("", include("applications.urls")),
    path("", include("workflow.urls")),
]
handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.broken"
