"""What the administration writes: catalogue, dated settings, letters that failed. Each change is told in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from funding.money import format_money
from journal import values
from journal.actors import Actor
from journal.events import record
from journal.formats import moment, plain_day
from journal.models import DatedValue, Event, Message
from journal.refusals import Refused
from workflow.forms.administration import EntryForm

LONG = 200
"""Characters of a text that the journal keeps of a value: the whole of it stands in the history of the setting."""


def acting(actor: Actor) -> Actor:
    """In which role the person administers: the system's administration first, else the coordination."""
    return actor.acting_as(Role.SYSADMIN if actor.has_role(Role.SYSADMIN) else Role.COORDINATOR)


def shown(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, Decimal):
        return format_money(value)
    if isinstance(value, datetime):
        return moment(timezone.localtime(value))
    return plain_day(value) if isinstance(value, date) else str(value)


def held(obj: models.Model, name: str) -> str:
    """What a field of an entry says, in words."""
    in_words = getattr(obj, f"get_{name}_display", None)
    return str(in_words()) if in_words is not None else shown(getattr(obj, name))


def save_entry(form: EntryForm, section: str, *, actor: Actor, at: datetime) -> models.Model:
    """Saves a valid form of the catalogue and tells what changed, old and new; nothing changed is told by nobody."""
    with transaction.atomic():
        before = type(form.instance)._default_manager.filter(pk=form.instance.pk).first() if form.instance.pk else None
        obj: models.Model = form.save()
        obj.refresh_from_db()
        changes = {
            name: [held(before, name)[:LONG] if before else "", held(obj, name)[:LONG]] for name in form.changed_fields
        }
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if changes or before is None:
            _tell_entry(obj, section, changes, actor=actor, at=at)
    return obj


def remove_entry(obj: models.Model, section: str, *, names: Iterable[str], actor: Actor, at: datetime) -> None:
    """Deletes an entry that nothing else is built on, and tells what it said."""
    with transaction.atomic():
        changes = {name: [held(obj, name)[:LONG], ""] for name in names}
        record(
            "catalogue_removed",
            thread=f"catalogue:{section}",
            subject=(obj._meta.label_lower, obj.pk),
            actor=acting(actor),
            at=at,
            facts={"name": str(obj)[:LONG], "changes": changes},
        )
        obj.delete()


def _tell_entry(obj: models.Model, section: str, changes: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    record(
        "catalogue_changed",
        thread=f"catalogue:{section}",
        subject=(obj._meta.label_lower, obj.pk),
        actor=acting(actor),
        at=at,
        facts={"name": str(obj)[:LONG], "changes": changes},
    )


def history_of(obj: models.Model) -> list[Event]:
    """What was changed in an entry of the catalogue, newest first."""
    told = Event.objects.filter(subject_label=obj._meta.label_lower, subject_key=str(obj.pk), kind="catalogue_changed")
    return list(told.order_by("-at", "-pk")[:50])


def values_in_force(*, on: date) -> dict[str, DatedValue]:
    """The row that holds on a day, for every setting that has one: one query."""
    rows = DatedValue.objects.filter(valid_from__lte=on).order_by("valid_from", "pk")
    return {row.key: row for row in rows}


def values_to_come(*, after: date) -> dict[str, DatedValue]:
    """The next row that will hold, for every setting that has one."""
    rows = DatedValue.objects.filter(valid_from__gt=after).order_by("-valid_from", "pk")
    return {row.key: row for row in rows}


def name_of(setting: values.Declared) -> str:
    """The label; texts that exist in each language carry its name."""
    language = dict(settings.LANGUAGES).get(setting.key.rpartition(".")[2])
    return f"{setting.label} ({language})" if language else str(setting.label)


def source_of(setting: values.Declared) -> str:
    """The paragraph behind a setting; [D] marks what the house decided itself."""
    return setting.source.replace("[D]", _("eigene Festlegung"))


def value_shown(setting: values.Declared, row: DatedValue | None) -> str:
    """The value as people read it, with its unit; long texts by their beginning."""
    value = setting.default if row is None else values.parse(setting, row.value)
    words = shown(value) if not isinstance(value, Decimal) else f"{value:f}".replace(".", ",")
    if len(words) > LONG:
        return f"{words[:LONG]} …"
    return f"{words} {setting.unit}".strip() if words != "–" else words


def suggestion(setting: values.Declared, *, on: date) -> dict[str, Any]:
    """What the form begins with: today's value, from today."""
    value = values.value(setting.key, on=on)
    if isinstance(value, bool):
        return {"value": "1" if value else "0", "valid_from": on}
    return {"value": f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value), "valid_from": on}


def change_value(key: str, content: str, *, valid_from: date, reason: str, actor: Actor, at: datetime) -> DatedValue:
    """Adds a value to the history of a setting. Raises Refused with the sentence for the field."""
    before = str(values.value(key, on=valid_from))
    with transaction.atomic():
        row = values.set_value(key, content, valid_from=valid_from, reason=reason, actor=actor, at=at)
        record(
            "setting_changed",
            thread=f"setting:{key}"[:64],
            subject=("journal.datedvalue", row.pk),
            actor=acting(actor),
            at=at,
            reason=reason,
            facts={
                "key": key,
                "valid_from": valid_from.isoformat(),
                "changes": {"value": [before[:LONG], content[:LONG]]},
            },
        )
    return row


def retry(message: Message, *, actor: Actor, at: datetime) -> None:
    """Puts a failed letter back into the outbox."""
    failed = Message.objects.filter(pk=message.pk, status=Message.Status.FAILED)
    with transaction.atomic():
        if not failed.update(status=Message.Status.QUEUED, attempts=0, send_after=at, error=""):
            raise Refused(_("Diese Nachricht wartet schon auf den Versand."))
        record(
            "message_retried",
            thread="background",
            subject=("journal.message", message.pk),
            actor=acting(actor),
            at=at,
        )
