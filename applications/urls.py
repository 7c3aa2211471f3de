"""Addresses of this floor."""

from django.urls import URLPattern, path

from applications.views import attachments, begin, organisation, steps

app_name = "applications"
urlpatterns: list[URLPattern] = [
    path("verein/", organisation.overview, name="organisation"),
    path("verein/neu/", organisation.new, name="organisation_new"),
    path("verein/<uuid:key>/", organisation.edit, name="organisation_edit"),
    path("programme/<slug:slug>/antrag/", begin.create, name="create"),
    path("antraege/<uuid:key>/schritt/<slug:step>/", steps.step, name="step"),
    path("dateien/<uuid:key>/", attachments.attachment, name="attachment"),
]
