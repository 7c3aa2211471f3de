from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Personen und Rollen"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401 - registers itself
