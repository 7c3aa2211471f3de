"""Settings that the office uses. [D] marks our defaults."""

from django.utils.translation import gettext_lazy as _

from journal.values import Declared, Type, declare

_DEADLINES = _("Fristen")
_LETTERS = _("Nachrichten")

for _key, _default, _label, _source in (
    ("information_request_days", 14, _("Frist für eine Nachforderung"), "[D]"),
    ("offer_days", 14, _("Frist für ein Angebot"), "[D]"),
    ("decision_notice_days", 60, _("Hinweis auf lange Bearbeitung nach"), "§ 75 VwGO, [D]"),
    ("decision_warning_days", 80, _("Warnung vor der Dreimonatsfrist nach"), "§ 75 VwGO, [D]"),
    ("information_reminder_days", 3, _("Erinnerung vor Ablauf einer Nachforderung"), "[D]"),
    ("opinion_reminder_days", 5, _("Erinnerung an eine Stellungnahme"), "[D]"),
):
    declare(
        Declared(
            key=f"deadline.{_key}", type=Type.NUMBER, default=_default, label=_label, group=_DEADLINES,
            unit=_("Tage"), source=_source, minimum=1, maximum=365,
        )
    )  # fmt: skip

declare(
    Declared(
        key="follow_up.reminder_days", type=Type.NUMBER, default=3, label=_("Erinnerung an Aufgaben aus Beschlüssen"),
        group=_DEADLINES, unit=_("Tage"), source="[D]", minimum=1, maximum=60,
    )
)  # fmt: skip
declare(
    Declared(
        key="finding.similarity", type=Type.NUMBER, default=80, label=_("Namen gelten als ähnlich ab"), group=_("Prüfung"),
        unit="%", source="[D]", minimum=50, maximum=100,
    )
)  # fmt: skip
declare(
    Declared(
        key="letters.from_hour", type=Type.NUMBER, default=7, label=_("Erinnerungen frühestens ab"), group=_LETTERS,
        unit=_("Uhr"), maximum=23,
    )
)  # fmt: skip
declare(
    Declared(
        key="letters.until_hour", type=Type.NUMBER, default=18, label=_("Erinnerungen nur bis"), group=_LETTERS,
        unit=_("Uhr"), minimum=1, maximum=24,
    )
)  # fmt: skip
declare(
    Declared(
        key="notice.legal_basis", type=Type.TEXT, group=_("Bescheid"), label=_("Rechtsgrundlage im Bescheid"),
        default="Richtlinie des Landkreises zur Förderung von Projekten zur gesellschaftlichen und sozialen Integration",
        source="Art. 3 GG",
    )
)  # fmt: skip
declare(
    Declared(
        key="notice.conditions", type=Type.LONG_TEXT, group=_("Bescheid"), label=_("Nebenbestimmungen, solange das Verzeichnis keine hat, je Zeile eine"),
        default=(
            "Nachweis innerhalb von sechs Monaten nach Projektende\n"
            "Hinweis auf die Förderung in Veröffentlichungen\n"
            "Änderungen im Finanzplan über 20 % vorher mitteilen"
        ),
        source="§ 36 VwVfG",
    )
)  # fmt: skip
