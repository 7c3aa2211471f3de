"""Addresses of the administration, below /verwaltung/."""

from __future__ import annotations

from django.urls import path

from workflow.views import administration as views

urlpatterns = [
    path("verwaltung/", views.index, name="administration"),
    path("verwaltung/einstellungen/", views.settings, name="administration_settings"),
    path("verwaltung/einstellungen/<str:key>/", views.setting, name="administration_setting"),
    path("verwaltung/hintergrund/", views.background, name="administration_background"),
    path("verwaltung/hintergrund/<int:pk>/nochmal/", views.retry, name="administration_retry"),
    path("verwaltung/<slug:slug>/", views.entries, name="administration_entries"),
    path("verwaltung/<slug:slug>/neu/", views.entry, name="administration_new"),
    path("verwaltung/<slug:slug>/<int:pk>/", views.entry, name="administration_entry"),
]
