"""What the steps of a case ask for. The keys of `cleaned_data` are the arguments of the transitions."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications import plans, uploads
from funding.law.votes import Tally
from funding.models import Resolution
from funding.money import MoneyFormField, format_money
from journal import formats
from journal.formats import BERLIN
from journal.forms import StepForm
from journal.refusals import Refused
from workflow import competence, reviews, turns
from workflow.forms import fields
from workflow.forms.exceptions import ask_for_exception, check_exception, exception_field
from workflow.forms.shares import SharesForm
from workflow.models import CaseResolution

ZERO = Decimal("0.00")
Outcome = CaseResolution.Outcome
REASON_MISSING = _("Bitte schreiben Sie eine Begründung.")


def money_field(label: Any, *, help_text: Any = "") -> MoneyFormField:
    return MoneyFormField(
        label=label,
        help_text=help_text,
        error_messages={"required": _("Bitte schreiben Sie einen Betrag, zum Beispiel 1.234,56.")},
    )


def future_day(day: date, *, today: date) -> date:
    """A deadline lies in the future, so that there is time to answer."""
    if day <= today:
        raise ValidationError(_t("Die Frist muss nach dem heutigen Tag enden."))
    return day


def past_day(day: date, *, today: date) -> date:
    if day > today:
        raise ValidationError(_t("Der Tag liegt in der Zukunft. Bitte prüfen Sie ihn."))
    return day


def suggested_amount(case: Any) -> Decimal:
    """The lower of what was asked and what the programme's rule allows for this plan."""
    plan = plans.plan_of(case.application)
    requested: Decimal = case.requested_amount
    return min(requested, plans.grant_for(case.application, plan).amount)


class CaseForm(StepForm):
    """A step of a case: `obj` is the case."""

    obj: Any


class AnswerForm(CaseForm):
    answer = fields.text(
        _("Ihre Antwort"),
        help_text=_("Sagen Sie uns kurz, was Sie ergänzt oder geändert haben."),
        missing=_("Bitte schreiben Sie eine kurze Antwort."),
    )


class ProposalForm(SharesForm):
    """The amount (nought proposes rejection), why, the score of the review, and which lines pay it.

    An amount below the programme's least award needs a box ticked, going before others on the waiting list a reason.
    """

    amount = money_field(_("Vorgeschlagener Betrag"))
    reason = fields.text(_("Begründung"), help_text=_("Sie steht bei der Entscheidung."), missing=REASON_MISSING)
    score = fields.count(
        _("Punkte von 100"),
        missing="",
        most=100,
        required=False,
        help_text=_("Das Mittel der abgegebenen Bewertungen. Leer, wenn es keine gibt."),
    )
    exception = exception_field()
    skipping = fields.text(
        _("Warum geht dieser Antrag anderen auf der Warteliste vor?"),
        missing=_("Bitte begründen Sie, warum dieser Antrag vorgeht."),
        rows=3,
    )

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"amount": suggested_amount(obj)}

    def prepare(self) -> None:
        super().prepare()
        self.fields["score"].initial = reviews.suggested_score(self.obj, actor=self.actor, today=self.today)
        plan = plans.plan_of(self.obj.application)
        grant = plans.grant_for(self.obj.application, plan)
        self.fields["amount"].help_text = _t(
            "Beantragt sind %(requested)s. Möglich nach der Regel: %(possible)s. 0 schlägt die Ablehnung vor."
        ) % {"requested": format_money(self.obj.requested_amount), "possible": format_money(grant.amount)}
        self.possible = grant.amount
        ask_for_exception(self)
        passed = turns.passed_over(self.obj)
        if passed:
            self.fields["skipping"].help_text = turns.sentence(passed)
        else:
            del self.fields["skipping"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        check_exception(self, data)
        return data

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.obj.requested_amount:
            raise ValidationError(
                _t("Der Betrag ist höher als beantragt. Beantragt sind %(amount)s.")
                % {"amount": format_money(self.obj.requested_amount)}
            )
        if amount > self.possible:
            raise ValidationError(
                _t("Der Betrag ist höher, als die Regel des Programms erlaubt. Möglich sind %(amount)s.")
                % {"amount": format_money(self.possible)}
            )
        return amount


class ResolutionForm(SharesForm):
    """What a body resolved. The outcome must be what the votes say (§ 66 Abs. 1 NKomVG)."""

    body = forms.ChoiceField(
        label=_("Gremium"),
        choices=[choice for choice in Resolution.Body.choices if choice[0] != Resolution.Body.ADMINISTRATION],
    )
    resolved_on = fields.day(_("Tag der Sitzung"))
    number = forms.CharField(
        label=_("Nummer des Beschlusses"),
        max_length=40,
        error_messages={"required": _("Bitte schreiben Sie die Nummer des Beschlusses.")},
    )
    outcome = forms.ChoiceField(
        label=_("Ergebnis"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie das Ergebnis.")},
    )
    amount = MoneyFormField(label=_("Betrag im Beschluss"), help_text=_("Bei Ablehnung leer lassen."), required=False)
    votes_yes = fields.count(_("Ja-Stimmen"), missing=_("Bitte schreiben Sie die Ja-Stimmen."), most=999)
    votes_no = fields.count(_("Nein-Stimmen"), missing=_("Bitte schreiben Sie die Nein-Stimmen."), most=999)
    votes_abstained = fields.count(_("Enthaltungen"), missing=_("Bitte schreiben Sie die Enthaltungen."), most=999)

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {
            "body": competence.body_for(obj, obj.requested_amount, on=today),
            "amount": suggested_amount(obj),
            "votes_no": 0,
            "votes_abstained": 0,
        }

    def clean_resolved_on(self) -> date:
        return past_day(self.cleaned_data["resolved_on"], today=self.today)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self._check_votes(data)
        self._check_amount(data)
        self._check_number(data)
        return super().clean()

    def _check_votes(self, data: dict[str, Any]) -> None:
        named = {"votes_yes", "votes_no", "votes_abstained", "outcome"}
        if not named <= data.keys():
            return
        tally = Tally(yes=data["votes_yes"], no=data["votes_no"], abstentions=data["votes_abstained"])
        if tally.is_adopted == (data["outcome"] != Outcome.REJECTED):
            return
        self.add_error(
            "outcome",
            _t("Das passt nicht zu den Stimmen: Mehr Ja als Nein ist angenommen, Gleichstand ist abgelehnt."),
        )

    def _check_amount(self, data: dict[str, Any]) -> None:
        if data.get("outcome") == Outcome.REJECTED:
            data["amount"] = ZERO
        elif "amount" in data and not data["amount"]:
            self.add_error("amount", _t("Bitte schreiben Sie den Betrag, den das Gremium beschlossen hat."))
        elif "amount" in data and data["amount"] > self.obj.requested_amount:
            self.add_error("amount", _t("Der Betrag ist höher als beantragt."))

    def _check_number(self, data: dict[str, Any]) -> None:
        if not {"body", "resolved_on", "number"} <= data.keys():
            return
        same = self.obj.resolutions.filter(
            resolution__body=data["body"],
            resolution__resolved_on=data["resolved_on"],
            resolution__number=data["number"],
        )
        if same.exists():
            self.add_error("number", _t("Dieser Beschluss ist zu diesem Vorgang schon eingetragen."))


class AcceptanceForm(CaseForm):
    """The amount of the plan as the person read it: what is accepted is what was seen."""

    amount = forms.DecimalField(widget=forms.HiddenInput, decimal_places=2, max_digits=14)

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"amount": plans.plan_of(obj.application).requested}


class WithdrawalForm(CaseForm):
    reason = fields.text(_("Warum ziehen Sie den Antrag zurück?"), missing="", required=False, rows=4)


class ByLetterForm(CaseForm):
    """What came on paper, with the scan for the file."""

    scan = forms.FileField(
        label=_("Scan des Schreibens"),
        help_text=_("PDF oder Bild"),
        widget=forms.FileInput,
        error_messages={
            "required": _("Bitte laden Sie den Scan hoch."),
            "empty": _("Die Datei ist leer. Bitte wählen Sie eine andere."),
        },
    )

    def clean_scan(self) -> UploadedFile[Any]:
        scan: UploadedFile[Any] = self.cleaned_data["scan"]
        try:
            uploads.check(scan, at=datetime.combine(self.today, time.min, tzinfo=BERLIN))
        except Refused as refused:
            raise ValidationError(refused.sentence) from refused
        return scan


class WithdrawalByLetterForm(ByLetterForm):
    """A withdrawal that came on paper: what it says."""

    field_order = ("reason", "scan")
    reason = fields.text(
        _("Was steht in dem Schreiben?"), missing=_("Bitte schreiben Sie, was in dem Schreiben steht."), rows=4
    )


class DispatchRejectionForm(CaseForm):
    sent_on = fields.day(_("Zur Post gegeben am"))

    def suggestions(self, obj: Any, today: date) -> dict[str, Any]:
        return {"sent_on": today}

    def clean_sent_on(self) -> date:
        return sent_day(self.cleaned_data["sent_on"], decided_on=self.obj.decided_at, today=self.today)


def sent_day(day: date, *, decided_on: Any, today: date) -> date:
    """Nothing leaves the house before it is decided, or tomorrow."""
    past_day(day, today=today)
    if decided_on is not None and day < formats.local(decided_on):
        raise ValidationError(_t("Der Tag liegt vor der Entscheidung. Bitte prüfen Sie ihn."))
    return day
