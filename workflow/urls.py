"""Addresses of this floor."""

from django.urls import URLPattern

app_name = "workflow"
urlpatterns: list[URLPattern] = []
