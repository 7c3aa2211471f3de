"""The one way in which news travels upwards."""

from django.dispatch import Signal

performed = Signal()
"""Sent by the door inside the transaction, with `obj`, `event`, `actor`, `at`. Receivers may queue messages and set or
end reminders; they never lock or change a row of a machine."""
