"""Addresses of the bodies, their sittings and papers."""

from django.urls import URLPattern, path

from workflow.views import bodies, paper_files, papers, sessions

urlpatterns: list[URLPattern] = [
    path("gremien/sitzungen/", sessions.session_list, name="sessions"),
    path("gremien/sitzungen/neu/", sessions.session_new, name="session_new"),
    path("gremien/sitzungen/<int:pk>/", sessions.session, name="session"),
    path("gremien/sitzungen/<int:pk>/aendern/", sessions.session_change, name="session_change"),
    path("gremien/sitzungen/<int:pk>/absagen/", sessions.session_cancel, name="session_cancel"),
    path("gremien/sitzungen/<int:pk>/abgehalten/", sessions.session_hold, name="session_hold"),
    path("gremien/sitzungen/<int:pk>/tagesordnung/", sessions.agenda, name="session_agenda"),
    path("gremien/<slug:slug>/", bodies.body, name="body"),
    path("gremien/<slug:slug>/aendern/", bodies.body_change, name="body_change"),
    path("gremien/<slug:slug>/mitglieder/neu/", bodies.member_new, name="body_member_new"),
    path("gremien/<slug:slug>/mitglieder/<int:pk>/", bodies.member, name="body_member"),
    path("vorlagen/", papers.paper_list, name="papers"),
    path("vorlagen/neu/", papers.new, name="paper_new"),
    path("vorlagen/anlagen/<uuid:key>/", paper_files.annex, name="paper_annex"),
    path("vorlagen/<uuid:key>/", papers.paper, name="paper"),
    path("vorlagen/<uuid:key>/bearbeiten/", papers.edit, name="paper_edit"),
    path("vorlagen/<uuid:key>/anlagen/neu/", paper_files.annex_new, name="paper_annex_new"),
    path("vorlagen/<uuid:key>/anlagen/<uuid:annex_key>/", paper_files.annex_remove, name="paper_annex_remove"),
    path("vorlagen/<uuid:key>/festschreiben/", paper_files.freeze, name="paper_freeze"),
    path("vorlagen/<uuid:key>/zuruecknehmen/", papers.take_back, name="paper_take_back"),
    path("vorlagen/<uuid:key>/verwerfen/", paper_files.discard, name="paper_discard"),
    path("vorlagen/<uuid:key>/<str:name>", paper_files.file, name="paper_file"),
]
