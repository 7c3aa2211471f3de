"""The top floor as an app: its checks, tasks and commands."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Carries no models."""

    name = "config"
    verbose_name = "Fördertopf"

    def ready(self) -> None:
        from config import checks, menu_counts, pages, tasks  # noqa: F401 - they register themselves
