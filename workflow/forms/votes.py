"""What the minutes of a session say, and the tasks that a resolution leaves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.law.votes import Tally
from funding.money import MoneyFormField, format_money
from workflow import follow_ups, votes
from workflow.conflicts import members_on
from workflow.forms import fields
from workflow.models import Body, Consultation

ZERO = Decimal("0.00")
VOTES = ("votes_yes", "votes_no", "votes_abstained")


class VoteForm(forms.Form):
    """One entry for a consultation. Each member and each case of the paper has a field of its own.

    `cleaned_data["ballot"]` is what `workflow.votes` takes.
    """

    outcome = forms.ChoiceField(
        label=_("Ergebnis"),
        choices=Consultation.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie das Ergebnis.")},
    )
    votes_yes = fields.count(_("Ja-Stimmen"), missing="", most=999, required=False)
    votes_no = fields.count(_("Nein-Stimmen"), missing="", most=999, required=False)
    votes_abstained = fields.count(_("Enthaltungen"), missing="", most=999, required=False)
    wording = fields.text(
        _("Beschlusstext"), missing="", required=False, rows=6,
        help_text=_("Vorausgefüllt mit dem, was vorlag. Ändern Sie ihn, wenn das Gremium ihn geändert hat."),
    )  # fmt: skip
    number = forms.CharField(
        label=_("Nummer des Beschlusses"), max_length=40, required=False,
        help_text=_("Nicht nötig, wenn vertagt, verwiesen oder zur Kenntnis genommen wurde."),
    )  # fmt: skip
    minutes = forms.CharField(
        label=_("Fundstelle in der Niederschrift"), max_length=80, required=False,
        help_text=_("Zum Beispiel: Niederschrift vom 12.03.2026, Seite 4"),
    )  # fmt: skip
    refer_to = forms.ModelChoiceField(
        label=_("Verwiesen an"), queryset=Body.objects.all(), required=False, empty_label=_("niemanden"),
        help_text=_("Nur bei „verwiesen“. Danach kommt der Punkt zurück."),
    )  # fmt: skip
    reason = fields.text(
        _("Was war falsch?"), missing=_("Bitte schreiben Sie, was falsch war."), rows=3,
        help_text=_("Die alte Eintragung bleibt im Protokoll."),
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        self.consultation, self.is_correction = consultation, bool(consultation.outcome)
        self.rows = votes.listed(consultation)
        kwargs["initial"] = _initial(consultation) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if not self.is_correction:
            del self.fields["reason"]
        self.fields["refer_to"].queryset = Body.objects.exclude(pk=consultation.body_id)  # type: ignore[attr-defined]
        self._add_amounts()
        self._add_members()

    def _add_amounts(self) -> None:
        before = votes.basis(self.consultation)
        for row in self.rows:
            told = {
                "requested": format_money(row.case.requested_amount),
                "before": format_money(before.get(row.case_id, ZERO)),
            }
            self.fields[f"amount_{row.case_id}"] = MoneyFormField(
                label=f"{row.case.application} ({row.case.reference})",
                help_text=_t("Beantragt %(requested)s, vorgelegt %(before)s") % told,
                min_value=ZERO,
                max_value=row.case.requested_amount,
                error_messages={"required": _t("Bitte schreiben Sie einen Betrag. 0 heißt: abgelehnt.")},
            )

    def _add_members(self) -> None:
        self.members = members_on(self.consultation.body, on=votes.day_of(self.consultation))
        for member in self.members:
            self.fields[f"recused_{member.pk}"] = forms.CharField(label=member.name, max_length=300, required=False)

    # What the page lays out

    @property
    def vote_fields(self) -> list[BoundField]:
        return [self[name] for name in VOTES]

    @property
    def text_fields(self) -> list[BoundField]:
        names = ("wording", "number", "minutes", "refer_to", "reason")
        return [self[name] for name in names if name in self.fields]

    @property
    def amount_fields(self) -> list[BoundField]:
        return [self[f"amount_{row.case_id}"] for row in self.rows]

    @property
    def member_fields(self) -> list[BoundField]:
        return [self[f"recused_{member.pk}"] for member in self.members]

    @property
    def has_recused(self) -> bool:
        return any(self[f"recused_{member.pk}"].value() for member in self.members)

    @property
    def total(self) -> Decimal:
        """Euros that stand in the fields now, as far as they can be read."""
        typed = (self.fields[name].to_python(self[name].value()) for name in self.fields if self._is_readable(name))
        return sum((amount or ZERO for amount in typed), ZERO)

    def _is_readable(self, name: str) -> bool:
        return name.startswith("amount_") and (not self.is_bound or name not in self.errors)

    # What was sent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["ballot"] = self._ballot(data)
        return data

    def _ballot(self, data: dict[str, Any]) -> votes.Ballot:
        return votes.Ballot(
            outcome=data["outcome"],
            wording=data["wording"],
            number=data["number"],
            minutes=data["minutes"],
            tally=self._tally(data),
            amounts={row.case_id: data[f"amount_{row.case_id}"] for row in self.rows},
            recused={
                member.pk: data[f"recused_{member.pk}"] for member in self.members if data[f"recused_{member.pk}"]
            },
            refer_to=data["refer_to"],
        )

    def _tally(self, data: dict[str, Any]) -> Tally | None:
        """None where nobody was counted, as when an item is deferred without a vote."""
        counted = [data[name] for name in VOTES]
        if all(number is None for number in counted):
            return None
        for name in VOTES:
            if data[name] is None:
                self.add_error(name, _t("Bitte schreiben Sie eine Zahl. Waren es keine, dann 0."))
        return Tally(yes=counted[0] or 0, no=counted[1] or 0, abstentions=counted[2] or 0)


def _initial(consultation: Consultation) -> dict[str, Any]:
    """What was entered already, else what lay before the body and who is bound to an association."""
    if not consultation.outcome:
        recused = votes.involved(consultation)
        return {
            "wording": votes.proposed_wording(consultation),
            "number": consultation.paper.number,
            **{f"amount_{case}": amount for case, amount in votes.basis(consultation).items()},
            **{f"recused_{member}": reason for member, reason in recused.items()},
        }
    kept = {name: getattr(consultation, name) for name in ("outcome", "wording", "minutes", *VOTES)}
    amounts = {row.case_id: row.amount for row in consultation.cases.all()} or votes.basis(consultation)
    return {
        **kept,
        "number": consultation.resolution.number if consultation.resolution else consultation.paper.number,
        **{f"amount_{case}": amount for case, amount in amounts.items()},
        **{f"recused_{row.member_id}": row.reason for row in consultation.recusals.all()},
    }


class FollowUpForm(forms.Form):
    """What is to be done, by whom, until when."""

    task = forms.CharField(
        label=_("Was ist zu tun?"), max_length=300,
        error_messages={
            "required": _("Bitte schreiben Sie, was zu tun ist."),
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )  # fmt: skip
    responsible = forms.TypedChoiceField(
        label=_("Wer macht es?"), coerce=UUID,
        error_messages={"required": _("Bitte wählen Sie, wer es macht.")},
    )  # fmt: skip
    due_on = fields.day(_("Bis wann?"))
    use_required_attribute = False

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        people = [(str(person.key), str(person)) for person in follow_ups.people()]
        self.fields["responsible"].choices = [("", _t("Bitte wählen")), *people]  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.today:
            raise ValidationError(_t("Der Tag ist schon vorbei. Bitte schreiben Sie einen späteren."))
        return day


class DoneForm(forms.Form):
    note = fields.text(_("Was ist geschehen?"), missing="", required=False, rows=2, limit=300)
    use_required_attribute = False
