from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "Vorgänge"

    def ready(self) -> None:
        from workflow import bodies, bounds, conflicts, defaults, messages, opinions, receivers, reminders  # noqa: F401 - each registers what it answers for

        post_migrate.connect(bodies.lay_out, sender=self)
