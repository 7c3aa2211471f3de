"""Settings that the treasury uses. Numbers marked [D] are our defaults; an administrator can change them."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from journal.values import Declared, Type, declare

_LETTERHEAD = _("Briefkopf")
_BUDGET = _("Haushalt")
_RECOVERY = _("Rückforderung")

for _key, _default, _label in (
    ("county", "Landkreis Wittmund", _("Landkreis")),
    ("office", "Koordinierungsstelle für Migration und Teilhabe", _("Amt")),
    ("street", "Am Markt 9", _("Straße und Hausnummer")),
    ("town", "26409 Wittmund", _("Postleitzahl und Ort")),
    ("phone", "04462 00-000", _("Telefon")),
    ("email", "integration@landkreis.example", _("E-Mail-Adresse")),
    ("website", "www.landkreis.example", _("Internetadresse")),
    ("signed_for", "Im Auftrag", _("Zeichnung")),
    ("signatory", "", _("Name der zeichnenden Person")),
    ("court", "Verwaltungsgericht Oldenburg, Schloßplatz 10, 26122 Oldenburg", _("Gericht für Klagen (beim …)")),
    ("iban", "DE91999999990001000010", _("IBAN der Kreiskasse")),
    ("bic", "", _("BIC der Kreiskasse")),
):
    declare(
        Declared(
            key=f"letterhead.{_key}", type=Type.TEXT, default=_default, label=_label, group=_LETTERHEAD, source="[D]"
        )
    )

declare(
    Declared(
        key="letterhead.remedy_instruction",
        type=Type.LONG_TEXT,
        default="Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim {court} erhoben werden.",
        label=_("Rechtsbehelfsbelehrung"),
        group=_LETTERHEAD,
        source="§ 37 Abs. 6 VwVfG, § 74 VwGO",
    )
)
declare(
    Declared(
        key="budget.amber_percent", type=Type.NUMBER, default=80, label=_("Haushaltslinie wird gelb ab"),
        group=_BUDGET, unit="%", maximum=100,
    )
)  # fmt: skip
declare(
    Declared(
        key="budget.red_percent", type=Type.NUMBER, default=95, label=_("Haushaltslinie wird rot ab"),
        group=_BUDGET, unit="%", maximum=100,
    )
)  # fmt: skip
declare(
    Declared(
        key="clawback.threshold", type=Type.DECIMAL, default=Decimal(25), label=_("Bagatellgrenze für Rückforderungen"),
        group=_RECOVERY, unit="€",
    )
)  # fmt: skip
declare(
    Declared(
        key="clawback.hearing_days", type=Type.NUMBER, default=14, label=_("Frist zur Anhörung"), group=_RECOVERY,
        unit=_("Tage"), source="§ 28 VwVfG, [D]", minimum=1, maximum=365,
    )
)  # fmt: skip
