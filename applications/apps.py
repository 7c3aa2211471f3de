from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "Anträge"

    def ready(self) -> None:
        from applications import defaults, home, invitations, vault  # noqa: F401 - they declare settings and write letters
