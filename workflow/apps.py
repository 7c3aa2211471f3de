from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "Vorgänge"

    def ready(self) -> None:
        from workflow import bounds, defaults, messages, receivers, reminders  # noqa: F401 - each registers what it answers for
