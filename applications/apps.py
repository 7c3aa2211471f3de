from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "Anträge"

    def ready(self) -> None:
        from applications import defaults  # noqa: F401 - declares the settings of this floor
