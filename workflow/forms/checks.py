"""The forms for what a programme checks: which documents for how much money, and which rules before anything is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.models import Attachment, EligibilityRule, EvidenceTier, Organisation
from funding.models import Measure, Municipality
from funding.money import MoneyFormField
from workflow.forms.administration import MISSING, SENTENCES, EntryForm

Subject = EligibilityRule.Subject
HIGHEST = Decimal("9999999.99")
LONGEST = 3650
"""Ten years, in days."""


class EvidenceTierForm(EntryForm):
    kind = forms.ChoiceField(
        label=_("Unterlage"),
        choices=[("", _("Bitte wählen")), *((k, label) for k, label in Attachment.Kind.choices if k != "other")],
    )
    from_amount = MoneyFormField(
        label=_("Nötig ab diesem beantragten Betrag"),
        help_text=_("0,00 heißt: immer."),
        min_value=Decimal("0.00"),
        max_value=HIGHEST,
        error_messages={"required": MISSING},
    )

    class Meta:
        model = EvidenceTier
        fields = ["programme", "kind", "from_amount", "hint"]
        help_texts = {"hint": _("Zum Beispiel: drei Angebote, wenn Sie etwas anschaffen.")}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        same = EvidenceTier.objects.filter(programme=data.get("programme"), kind=data.get("kind", ""))
        if same.exclude(pk=self.instance.pk).exists():
            self.refuse("kind", _t("Für diese Unterlage gibt es in diesem Programm schon einen Eintrag."))
        return data

    def validate_unique(self) -> None:
        """Looked at in clean, where it is said in our words."""


LISTS: dict[str, str] = {
    Subject.ORGANISATION_KIND: "kinds",
    Subject.MUNICIPALITY: "municipalities",
    Subject.MEASURE: "measures",
}
NUMBERS: dict[str, str] = {Subject.STARTS_AFTER_DAYS: "days", Subject.LASTS_AT_MOST_DAYS: "days"}
AMOUNTS: dict[str, str] = {Subject.AMOUNT_AT_LEAST: "amount", Subject.AMOUNT_AT_MOST: "amount"}
OWN: dict[str, str] = {Subject.YES: "question", Subject.NO: "question"}
NEEDED: dict[str, str] = {**LISTS, **NUMBERS, **AMOUNTS, **OWN}
"""Which field says what a subject expects; the others stay empty."""


def _boxes(label: Any, *, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple, error_messages=SENTENCES
    )


class EligibilityRuleForm(EntryForm):
    """The subject decides which of the fields below it says what is expected."""

    kinds = _boxes(_("Diese Arten passen"), help_text=_("Nur bei „Art der Organisation“."))
    municipalities = _boxes(_("Diese Gemeinden passen"), help_text=_("Nur bei „Gemeinde des Projekts“."))
    measures = _boxes(_("Diese Maßnahmen passen"), help_text=_("Nur bei „Maßnahme“."))
    days = forms.IntegerField(
        label=_("Tage"),
        help_text=_("Nur bei Beginn und Dauer."),
        required=False,
        min_value=1,
        max_value=LONGEST,
    )
    amount = MoneyFormField(
        label=_("Betrag"),
        help_text=_("Nur bei „beantragter Betrag“."),
        required=False,
        min_value=Decimal("0.01"),
        max_value=HIGHEST,
    )
    reason = forms.CharField(
        label=_("Was wir sagen, wenn es nicht passt"),
        help_text=_("Ein freundlicher Satz: was nicht passt, und was man stattdessen tun kann."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = EligibilityRule
        fields = ["programme", "position", "subject", "question", "reason", "blocks"]
        help_texts = {
            "position": _("Kleine Zahlen kommen zuerst."),
            "question": _("Nur bei einer eigenen Frage. Sie wird mit Ja oder Nein beantwortet."),
            "blocks": _("Ohne Haken ist es nur ein Hinweis."),
        }

    field_order = (
        "programme", "subject", "kinds", "municipalities", "measures", "days", "amount", "question", "reason", "blocks",
        "position",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kinds"].choices = Organisation.Kind.choices
        names = Municipality.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)
        fields["municipalities"].choices = [(name, name) for name in self._with_held("municipality", names)]
        rows = Measure.objects.filter(Q(is_active=True) | Q(code__in=self._held("measure"))).order_by("code")
        fields["measures"].choices = [(row.code, str(row)) for row in rows]
        self.optional = frozenset({*NEEDED.values(), "position", "blocks"})
        fields["position"].required = False
        self._show_expected()

    def _held(self, subject: str) -> list[str]:
        return list(self.instance.expected) if self.instance.subject == subject else []

    def _with_held(self, subject: str, names: Any) -> list[str]:
        """What is not offered any more stays where it was chosen."""
        return sorted({*names, *self._held(subject)})

    def _show_expected(self) -> None:
        name = NEEDED.get(self.instance.subject)
        if name is None or name == "question":
            return
        expected = self.instance.expected
        if name in LISTS.values():
            self.initial[name] = expected
        elif expected:
            self.initial[name] = Decimal(str(expected[0])) if name == "amount" else int(expected[0])

    def clean_position(self) -> int:
        return int(self.cleaned_data["position"] or 0)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        subject = data.get("subject")
        if subject:
            self._check(NEEDED[subject], data)
        return data

    def _check(self, needed: str, data: dict[str, Any]) -> None:
        for name in dict.fromkeys(NEEDED.values()):
            if name == needed and name in data and not data[name]:
                self.refuse(name, str(_MISSING[name]))
            elif name != needed and data.get(name):
                self.refuse(name, _t("Das passt nicht zu dem, worum es geht. Bitte leeren Sie dieses Feld."))

    def _post_clean(self) -> None:
        """Before the entry is validated as a whole."""
        subject = self.cleaned_data.get("subject")
        if subject:
            self.instance.expected = self._expected(NEEDED[subject])
        super()._post_clean()  # type: ignore[misc]  # not in the stubs

    def _expected(self, name: str) -> list[str]:
        found = self.cleaned_data.get(name)
        if name == "question" or not found:
            return []
        return list(found) if isinstance(found, list) else [str(found)]

    @property
    def changed_fields(self) -> list[str]:
        fields = ["expected" if name in _STANDS_FOR_EXPECTED else name for name in self.changed_data]
        return list(dict.fromkeys(fields))


_STANDS_FOR_EXPECTED = {*NEEDED.values()} - {"question"}
_MISSING = {
    "kinds": _("Bitte kreuzen Sie mindestens eine Art an."),
    "municipalities": _("Bitte kreuzen Sie mindestens eine Gemeinde an."),
    "measures": _("Bitte kreuzen Sie mindestens eine Maßnahme an."),
    "days": _("Bitte schreiben Sie die Zahl der Tage."),
    "amount": _("Bitte schreiben Sie den Betrag."),
    "question": _("Bitte schreiben Sie die Frage."),
}
