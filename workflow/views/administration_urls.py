"""Addresses of the administration, below /verwaltung/."""

from __future__ import annotations

from django.urls import path

from workflow.views import administration as views
from workflow.views import checkpoints, criteria, question_versions, questions

urlpatterns = [
    path("verwaltung/", views.index, name="administration"),
    path("verwaltung/einstellungen/", views.settings, name="administration_settings"),
    path("verwaltung/einstellungen/<str:key>/", views.setting, name="administration_setting"),
    path("verwaltung/hintergrund/", views.background, name="administration_background"),
    path("verwaltung/hintergrund/<int:pk>/nochmal/", views.retry, name="administration_retry"),
    path("verwaltung/fragen/", questions.programmes, name="questions"),
    path("verwaltung/fragen/<int:pk>/", questions.programme, name="question_programme"),
    path("verwaltung/fragen/<int:pk>/bearbeiten/", questions.begin, name="question_begin"),
    path("verwaltung/fragen/<int:pk>/neu/", questions.new, name="question_new"),
    path("verwaltung/fragen/<int:pk>/vorschau/", question_versions.preview, name="question_preview"),
    path("verwaltung/fragen/<int:pk>/verwerfen/", question_versions.discard, name="question_discard"),
    path("verwaltung/fragen/<int:pk>/fassung/<int:number>/", question_versions.version, name="question_version"),
    path("verwaltung/fragen/<int:pk>/veroeffentlichen/", questions.publish, name="question_publish"),
    path("verwaltung/frage/<int:pk>/bearbeiten/", questions.edit, name="question_edit"),
    path("verwaltung/frage/<int:pk>/reihenfolge/", questions.move, name="question_move"),
    path("verwaltung/frage/<int:pk>/entfernen/", questions.remove, name="question_remove"),
    path("verwaltung/pruefpunkte/", checkpoints.programmes, name="checkpoints"),
    path("verwaltung/pruefpunkte/<int:pk>/", checkpoints.programme, name="checkpoint_programme"),
    path("verwaltung/pruefpunkte/<int:pk>/neu/", checkpoints.new, name="checkpoint_new"),
    path("verwaltung/pruefpunkt/<int:pk>/bearbeiten/", checkpoints.edit, name="checkpoint_edit"),
    path("verwaltung/pruefpunkt/<int:pk>/reihenfolge/", checkpoints.move, name="checkpoint_move"),
    path("verwaltung/pruefpunkt/<int:pk>/stilllegen/", checkpoints.retire, name="checkpoint_retire"),
    path("verwaltung/pruefpunkt/<int:pk>/wieder/", checkpoints.restore, name="checkpoint_restore"),
    path("verwaltung/kriterien/", criteria.programmes, name="criteria"),
    path("verwaltung/kriterien/<int:pk>/", criteria.programme, name="criterion_programme"),
    path("verwaltung/kriterien/<int:pk>/neu/", criteria.new, name="criterion_new"),
    path("verwaltung/kriterium/<int:pk>/bearbeiten/", criteria.edit, name="criterion_edit"),
    path("verwaltung/kriterium/<int:pk>/reihenfolge/", criteria.move, name="criterion_move"),
    path("verwaltung/kriterium/<int:pk>/stilllegen/", criteria.retire, name="criterion_retire"),
    path("verwaltung/<slug:slug>/", views.entries, name="administration_entries"),
    path("verwaltung/<slug:slug>/neu/", views.entry, name="administration_new"),
    path("verwaltung/<slug:slug>/<int:pk>/", views.entry, name="administration_entry"),
    path("verwaltung/<slug:slug>/<int:pk>/loeschen/", views.remove, name="administration_remove"),
]
