from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Haushalt und Zahlungen"

    def ready(self) -> None:
        from funding import defaults  # noqa: F401 - declares the settings of this floor
