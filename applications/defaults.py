"""Settings that the front door uses. Numbers marked [D] are our defaults; an administrator can change them."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from journal.values import Declared, Type, declare

_GROUP = _("Antrag")

declare(
    Declared(
        key="application.volunteer_rate", type=Type.DECIMAL, default=Decimal(15), label=_("Ehrenamtliche Stunde zählt mit"),
        group=_GROUP, unit="€", maximum=1000,
    )
)  # fmt: skip
declare(
    Declared(
        key="upload.max_megabytes", type=Type.NUMBER, default=10, label=_("Größte Datei"), group=_GROUP, unit="MB",
        minimum=1, maximum=100,
    )
)  # fmt: skip
declare(
    Declared(
        key="upload.max_files", type=Type.NUMBER, default=20, label=_("Dateien je Antrag"), group=_GROUP,
        minimum=1, maximum=200,
    )
)  # fmt: skip

_ORGANISATION = _("Organisation")

for _key, _default, _label, _unit, _most in (
    ("invitation.days", 14, _("Einladung eines Mitglieds gilt"), _("Tage"), 90),
    ("invitation.max_open", 20, _("Offene Einladungen je Organisation"), "", 200),
    ("vault.max_files", 30, _("Aufbewahrte Unterlagen je Organisation"), "", 200),
    ("vault.reminder_days", 30, _("Erinnerung, bevor eine Unterlage abläuft"), _("Tage"), 365),
):
    declare(
        Declared(
            key=_key, type=Type.NUMBER, default=_default, label=_label, group=_ORGANISATION, unit=_unit, minimum=1,
            maximum=_most,
        )
    )  # fmt: skip
