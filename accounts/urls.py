"""Addresses of this floor. Those of log-in stand in `log_in_urls`: allauth looks for their names without a namespace."""

from django.urls import path

from accounts.views import demo, people, profile

app_name = "accounts"
urlpatterns = [
    path("konto/", profile.profile, name="profile"),
    path("demo/anmelden/", demo.demo_people, name="demo_people"),
    path("demo/postfach/", demo.show_mailbox, name="mailbox"),
    path("verwaltung/personen/", people.index, name="people"),
    path("verwaltung/personen/einladen/", people.invite, name="invite"),
    path("verwaltung/personen/<uuid:key>/", people.person, name="person"),
    path("verwaltung/personen/<uuid:key>/aufgaben/<int:pk>/beenden/", people.end_role, name="end_role"),
    path("verwaltung/personen/<uuid:key>/schliessen/", people.close, name="close_person"),
    path("verwaltung/personen/<uuid:key>/oeffnen/", people.reopen, name="reopen_person"),
]
