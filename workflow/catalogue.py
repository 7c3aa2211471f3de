"""The sections of the catalogue: one list, one form and one log serve them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from journal.formats import plain_day
from workflow.forms import administration as forms
from workflow.forms.checks import EligibilityRuleForm, EvidenceTierForm
from workflow.forms.conditions import SideConditionForm
from workflow.models import Threshold

CATALOGUE = (Role.SYSADMIN, Role.COORDINATOR)


@dataclass(frozen=True, kw_only=True)
class Section:
    """`columns` are (head, field name); the first names the row and is its link."""

    slug: str
    title: Any
    lead: Any
    new: Any
    form: type[forms.EntryForm]
    columns: Sequence[tuple[Any, str]]
    related: Sequence[str] = field(default=())
    roles: Sequence[Role] = CATALOGUE
    is_removable: bool = False

    @property
    def model(self) -> type[Model]:
        return self.form._meta.model

    def rows(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows.select_related(*self.related) if self.related else rows

    def notices(self) -> list[str]:
        """Sentences about what is missing in the section as a whole."""
        return gaps_in_thresholds() if self.model is Threshold else []


def gaps_in_thresholds() -> list[str]:
    """A table without a last line would leave every higher amount to the administration."""
    days = set(Threshold.objects.values_list("valid_from", flat=True))
    closed = set(Threshold.objects.filter(up_to__isnull=True).values_list("valid_from", flat=True))
    return [
        _t("Die Tabelle ab %(day)s hat keine Zeile ohne Betrag. Darüber entscheidet dann die Verwaltung.")
        % {"day": plain_day(day)}
        for day in sorted(days - closed)
    ]


_SECTIONS = (
    Section(
        slug="programme",
        title=_("Förderprogramme"),
        lead=_("Was gefördert wird, mit welchen Beträgen und wer Auskunft gibt."),
        new=_("Neues Förderprogramm"),
        form=forms.ProgrammeForm,
        columns=(
            (_("Name"), "title"),
            (_("Finanzierungsart"), "financing"),
            (_("Höchstbetrag"), "maximum"),
            (_("Öffentlich"), "is_published"),
        ),
    ),
    Section(
        slug="antragsrunden",
        title=_("Antragsrunden"),
        lead=_("In welcher Zeit man sich bewerben kann."),
        new=_("Neue Antragsrunde"),
        form=forms.RoundForm,
        columns=(
            (_("Name"), "title"),
            (_("Programm"), "programme"),
            (_("Haushaltsjahr"), "fiscal_year"),
            (_("Öffnet"), "opens_at"),
            (_("Schließt"), "closes_at"),
        ),
        related=("programme",),
    ),
    Section(
        slug="unterlagen",
        title=_("Nötige Unterlagen"),
        lead=_("Welche Unterlage ab welchem Betrag nötig ist. Wenig Geld braucht wenig Papier."),
        new=_("Neue Unterlage"),
        form=EvidenceTierForm,
        columns=(
            (_("Unterlage"), "kind"),
            (_("Programm"), "programme"),
            (_("Nötig ab"), "from_amount"),
            (_("Hinweis"), "hint"),
        ),
        related=("programme",),
        is_removable=True,
    ),
    Section(
        slug="vorpruefung",
        title=_("Regeln der Vorprüfung"),
        lead=_("Was zu einem Programm passt, und was wir sagen, wenn es nicht passt."),
        new=_("Neue Regel"),
        form=EligibilityRuleForm,
        columns=(
            (_("Worum es geht"), "subject"),
            (_("Programm"), "programme"),
            (_("Erwartet"), "expected"),
            (_("Was wir sagen"), "reason"),
            (_("Verhindert das Einreichen"), "blocks"),
        ),
        related=("programme",),
        is_removable=True,
    ),
    Section(
        slug="nebenbestimmungen",
        title=_("Nebenbestimmungen"),
        lead=_("Woraus bei der Bewilligung gewählt wird. Bescheide behalten den Text, den sie haben."),
        new=_("Neue Nebenbestimmung"),
        form=SideConditionForm,
        columns=(
            (_("Text"), "text"),
            (_("Programm"), "programme"),
            (_("Schon angekreuzt"), "is_standard"),
            (_("Gültig ab"), "valid_from"),
            (_("Gültig bis"), "valid_until"),
        ),
        related=("programme",),
    ),
    Section(
        slug="ziele",
        title=_("Ziele"),
        lead=_("Die Ziele des Konzepts. Jede Maßnahme gehört zu einem."),
        new=_("Neues Ziel"),
        form=forms.GoalForm,
        columns=((_("Ziel"), "title"), (_("Nummer"), "code")),
    ),
    Section(
        slug="massnahmen",
        title=_("Maßnahmen"),
        lead=_("Jeder Antrag nennt eine Maßnahme."),
        new=_("Neue Maßnahme"),
        form=forms.MeasureForm,
        columns=((_("Maßnahme"), "title"), (_("Nummer"), "code"), (_("Ziel"), "goal"), (_("Wählbar"), "is_active")),
        related=("goal",),
    ),
    Section(
        slug="gemeinden",
        title=_("Gemeinden"),
        lead=_("Wo ein Projekt stattfinden kann."),
        new=_("Neue Gemeinde"),
        form=forms.MunicipalityForm,
        columns=(
            (_("Gemeinde"), "name"),
            (_("Samtgemeinde"), "association"),
            (_("Gemeindeschlüssel"), "ags"),
            (_("Wählbar"), "is_active"),
        ),
    ),
    Section(
        slug="wertgrenzen",
        title=_("Wertgrenzen"),
        lead=_("Wer bis zu welchem Betrag entscheidet. Es gilt die Tabelle mit dem jüngsten Tag."),
        new=_("Neue Wertgrenze"),
        form=forms.ThresholdForm,
        columns=((_("Es entscheidet"), "decides"), (_("Bis einschließlich"), "up_to"), (_("Gültig ab"), "valid_from")),
        roles=(Role.SYSADMIN,),
    ),
)
SECTIONS = {section.slug: section for section in _SECTIONS}
