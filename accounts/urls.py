"""Addresses of this floor. Those of log-in stand in `log_in_urls`: allauth looks for their names without a namespace."""

from django.urls import path

from accounts.views import demo, profile

app_name = "accounts"
urlpatterns = [
    path("konto/", profile.profile, name="profile"),
    path("demo/anmelden/", demo.demo_people, name="demo_people"),
    path("demo/postfach/", demo.show_mailbox, name="mailbox"),
]
