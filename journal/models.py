"""What happened, who is to be told, what falls due. No row here has a foreign key: a journal outlives what it tells of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened, told once. `thread` is a file reference or, before filing, a draft's key."""

    append_only = True

    at = models.DateTimeField(_("Zeitpunkt"))
    thread = models.CharField(_("Aktenzeichen"), max_length=64)
    kind = models.CharField(_("Was"), max_length=64)
    subject_label = models.CharField(max_length=64)
    subject_key = models.CharField(max_length=64)
    actor_key = models.UUIDField(null=True, db_index=True)
    actor_role = models.CharField(_("Rolle"), max_length=32)
    from_state = models.CharField(_("von"), max_length=50, blank=True)
    to_state = models.CharField(_("nach"), max_length=50, blank=True)
    reason = models.TextField(_("Begründung"), blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "pk")
        indexes = [
            models.Index(fields=["thread", "at", "id"], name="event_thread"),
            models.Index(fields=["subject_label", "subject_key", "at"], name="event_subject"),
            models.Index(fields=["-at"], name="event_recent"),
        ]
        verbose_name = _("Ereignis")
        verbose_name_plural = _("Ereignisse")

    def __str__(self) -> str:
        return f"{self.thread} {self.kind}"


class Message(models.Model):
    """A letter in the outbox. `key` is unique: whoever queues the same news twice has queued it once."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("wartet")
        SENDING = "sending", _("wird versendet")
        SENT = "sent", _("versendet")
        FAILED = "failed", _("gescheitert")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("Art"), max_length=64)
    thread = models.CharField(_("Aktenzeichen"), max_length=64, blank=True, db_index=True)
    recipient_key = models.UUIDField(null=True)
    recipient = models.EmailField(_("An"))
    language = models.CharField(max_length=5, default="de")
    subject = models.CharField(_("Betreff"), max_length=200)
    body = models.TextField(_("Text"))
    status = models.CharField(_("Stand"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("versendet"), null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(fields=["send_after"], name="message_open", condition=models.Q(status="queued")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_sent_has_moment", condition=~models.Q(status="sent") | models.Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="message_status_known", condition=models.Q(status__in=["queued", "sending", "sent", "failed"])
            ),
        ]
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")

    def __str__(self) -> str:
        return self.subject


class Reminder(models.Model):
    """A letter that falls due on a day unless what it reminds of is done before. One row for each job, object and day."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    thread = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=64)
    subject_key = models.CharField(max_length=64)
    due_on = models.DateField(_("fällig"))
    deadline_on = models.DateField(_("Frist"))
    set_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=["subject_label", "subject_key"], name="reminder_subject"),
            models.Index(
                fields=["due_on"],
                name="reminder_waiting",
                condition=models.Q(done_at__isnull=True, ended_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="reminder_before_deadline", condition=models.Q(due_on__lte=models.F("deadline_on"))
            ),
        ]
        verbose_name = _("Erinnerung")
        verbose_name_plural = _("Erinnerungen")

    def __str__(self) -> str:
        return self.key


class DatedValue(models.Model):
    """One value of a setting from a day on. History is never rewritten: a correction is a newer row."""

    append_only = True

    key = models.CharField(max_length=64)
    valid_from = models.DateField(_("gültig ab"))
    value = models.TextField(_("Wert"), blank=True)
    reason = models.CharField(_("Begründung"), max_length=300)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    class Meta:
        ordering = ("key", "-valid_from", "-pk")
        indexes = [models.Index(fields=["key", "-valid_from", "-id"], name="dated_value_lookup")]
        verbose_name = _("Einstellung")
        verbose_name_plural = _("Einstellungen")

    def __str__(self) -> str:
        return f"{self.key} ab {self.valid_from}"
