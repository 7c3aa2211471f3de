"""Forms of a Beschlussvorlage. A draft demands only its subject; what is typed must be readable."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funding.models import BudgetLine
from funding.money import MoneyFormField, format_money
from workflow.forms import fields
from workflow.forms.council import public_field, said, short
from workflow.models import Case, Consultation, CouncilPaper, PaperCase, Session
from workflow.paper_content import line_name
from workflow.paper_words import Row

Answer, Cover, Part = CouncilPaper.Answer, CouncilPaper.Cover, Consultation.Part
ANSWERS = ((Answer.AMOUNT, _("Betrag")), (Answer.NONE, _("keine")), (Answer.OPEN, _("noch keine Angabe")))
QUESTIONS = ("cost", "follow_up", "income")
TEXTS = ("subject", "facts", "cost_items", "cover_proposal", "proposed_resolution", "place", "signed_by")
LONGEST = 20_000
MOST_CASES = 200
"""In one paper: more fit into no sitting."""


class LineField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        return line_name(obj)


class SessionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        day = f"{obj.held_on:%d.%m.%Y}"
        return day if obj.state == Session.State.PLANNED else f"{day} ({obj.get_state_display()})"


class CasesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        words = {
            "reference": obj.reference, "title": obj.application.title, "who": obj.application.organisation,
            "amount": format_money(obj.requested_amount),
        }  # fmt: skip
        return _t("%(reference)s: %(title)s (%(who)s), beantragt %(amount)s") % words


def answer(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=ANSWERS,
        widget=forms.RadioSelect,
        initial=Answer.OPEN,
        error_messages={"required": _("Bitte wählen Sie eine der Antworten.")},
    )


def amount(label: Any) -> MoneyFormField:
    return MoneyFormField(label=label, required=False, min_value=Decimal("0.01"))


def long_text(label: Any, *, rows: int = 5, help_text: Any = "") -> forms.CharField:
    return fields.text(label, missing="", required=False, rows=rows, limit=LONGEST, help_text=help_text)


class PaperForm(forms.Form):
    """All fields of the county's form but the rows of cases and of the Beratungsfolge."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_public = public_field(_("Die Vorlage ist"))
    subject = short(_("Betreff"), missing=_("Bitte schreiben Sie, worum es geht."), limit=200)
    facts = long_text(_("Sachverhalt"), rows=12)
    cost_kind = answer(_("1. Gesamtkosten der Maßnahme"))
    cost_amount = amount(_("Gesamtkosten"))
    cost_items = long_text(
        _("Zusammensetzung"), rows=3, help_text=_("Zum Beispiel: eine Stelle und 10.000 € für Projekte")
    )
    follow_up_kind = answer(_("2. Jährliche Folgekosten"))
    follow_up_amount = amount(_("Folgekosten im Jahr"))
    income_kind = answer(_("3. Objektbezogene Einnahmen"))
    income_amount = amount(_("Einnahmen"))
    line = LineField(BudgetLine.objects.none(), label=_("Produktkonto"), required=False, empty_label=_("noch keines"))
    cover_kind = forms.ChoiceField(
        label=_("Haushaltsmittel"),
        choices=(
            (Cover.AVAILABLE, _("Noch zur Verfügung")),
            (Cover.MISSING, _("Mittel stehen nicht zur Verfügung")),
            (Cover.OPEN, _("noch keine Angabe")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie eine der Antworten.")},
    )
    cover_proposal = long_text(_("Deckungsvorschlag"), rows=3)
    proposed_resolution = long_text(_("Beschlussvorschlag"), rows=6)
    place = short(_("Ort"), limit=80)
    dated_on = fields.day(_("Datum"), help_text=_("Für diesen Tag gilt „Noch zur Verfügung“."))
    signed_by = short(_("gez."), limit=160, help_text=_("Wer die Vorlage zeichnet"))
    use_required_attribute = False
    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, paper: CouncilPaper, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name not in {"is_public", "line"}]
        known = {name: getattr(paper, name) for name in names}
        known |= {"is_public": said(paper.is_public), "line": paper.line_id}
        super().__init__(*args, **{"initial": known, **kwargs})
        self.fields["dated_on"].required = False
        self.fields["line"].queryset = possible_lines(paper)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        for name in QUESTIONS:
            if data.get(f"{name}_kind") != Answer.AMOUNT:
                data[f"{name}_amount"] = None
            elif data.get(f"{name}_amount") is None and f"{name}_amount" not in self.errors:
                self.add_error(f"{name}_amount", _t("Bitte nennen Sie den Betrag, oder wählen Sie „keine“."))
        return data

    def data_for_paper(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        texts = {name: data[name].replace("\r\n", "\n").strip() for name in TEXTS}
        return {**data, **texts, "is_public": data["is_public"] == "yes"}


def possible_lines(paper: CouncilPaper) -> QuerySet[BudgetLine]:
    """The lines that are still open, and the one that the paper names."""
    closed = BudgetLine.Status.CLOSED
    return BudgetLine.objects.filter(~Q(status=closed) | Q(pk=paper.line_id)).order_by(
        "-fiscal_year", "product", "account"
    )


class StepForm(forms.Form):
    """A row of the Beratungsfolge."""

    is_wanted = forms.BooleanField(label=_("vorgesehen"), required=False)
    part = forms.ChoiceField(label=_("Aufgabe"), choices=Part.choices)
    session = SessionField(Session.objects.none(), label=_("Sitzung"), required=False, empty_label=_("noch keine"))
    item = short(_("TOP"), limit=12, is_brief=True)
    use_required_attribute = False
    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, step: Consultation, sessions: list[Session], **kwargs: Any) -> None:
        self.step = step
        known = {"is_wanted": step.is_wanted, "part": step.part, "session": step.session_id, "item": step.item}
        super().__init__(*args, **{"initial": known, "prefix": f"folge-{step.pk}", **kwargs})
        possible = [one for one in sessions if one.body_id == step.body_id]
        if step.session is not None and step.session not in possible:
            possible.insert(0, step.session)
        self._offer(possible)

    def _offer(self, possible: list[Session]) -> None:
        field: Any = self.fields["session"]
        field.queryset = Session.objects.filter(pk__in=[one.pk for one in possible])
        field.choices = [("", field.empty_label), *((one.pk, field.label_from_instance(one)) for one in possible)]

    @property
    def data_for_step(self) -> dict[str, Any]:
        names = ("is_wanted", "part", "session", "item")
        return {name: self.cleaned_data[name] for name in names}


class CaseForm(forms.Form):
    """A case of the paper: how much is proposed, and why."""

    amount = MoneyFormField(
        label=_("vorgeschlagen"), min_value=Decimal("0.00"),
        error_messages={"required": _("Bitte schreiben Sie den vorgeschlagenen Betrag.")},
    )  # fmt: skip
    reason = long_text(_("Begründung"), rows=2)
    remove = forms.BooleanField(label=_("aus der Vorlage nehmen"), required=False)
    use_required_attribute = False
    optional = ("reason",)

    def __init__(self, *args: Any, row: PaperCase, **kwargs: Any) -> None:
        self.row = row
        known = {"amount": row.amount, "reason": row.reason}
        super().__init__(*args, **{"initial": known, "prefix": f"vorgang-{row.case_id}", **kwargs})

    def clean_amount(self) -> Decimal:
        found: Decimal = self.cleaned_data["amount"]
        most = self.row.case.requested_amount
        if found > most:
            raise forms.ValidationError(_t("Beantragt sind höchstens %(amount)s.") % {"amount": format_money(most)})
        return found


class AddCasesForm(forms.Form):
    """Cases that wait for a body."""

    cases = CasesField(
        Case.objects.none(), label=_("Vorgänge, die auf ein Gremium warten"), required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Ein Vorgang wartet nicht mehr auf ein Gremium.")},
    )  # fmt: skip
    use_required_attribute = False
    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, possible: QuerySet[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = possible  # type: ignore[attr-defined]

    def chosen(self) -> list[Case]:
        return list(self.cleaned_data["cases"])


class NewPaperForm(AddCasesForm):
    """From picked cases, or on a free subject."""

    subject = forms.CharField(
        label=_("Betreff"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Nur nötig ohne Vorgänge. Sonst schlagen wir ihn vor."),
        error_messages={"max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen.")},
    )  # fmt: skip
    field_order = ("subject", "cases")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "cases" in data and not data["cases"] and not data.get("subject", "").strip():
            self.add_error("subject", _t("Bitte schreiben Sie, worum es geht, oder wählen Sie Vorgänge."))
        return data


def proposed_for(case: Case) -> Decimal:
    """What a paper begins with: what was proposed already, else what is asked for."""
    return case.requested_amount if case.proposed_amount is None else case.proposed_amount


class Draft:
    """All forms of the page of a draft, read and written together."""

    def __init__(
        self, paper: CouncilPaper, *, possible: QuerySet[Case], sessions: list[Session], data: Any = None
    ) -> None:
        self.main = PaperForm(data, paper=paper)
        open_steps = [step for step in paper.consultations.all() if not step.outcome]
        self.steps = [StepForm(data, step=step, sessions=sessions) for step in open_steps]
        self.cases = [CaseForm(data, row=row) for row in paper.cases.all()]
        self.add = AddCasesForm(data, possible=possible)

    @property
    def forms(self) -> list[forms.Form]:
        return [self.main, *self.steps, *self.cases, self.add]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]  # each of them, so that all findings stand on the page
        return all(valid) and self._fits()

    def _fits(self) -> bool:
        if len(self.rows()) > MOST_CASES:
            self.add.add_error("cases", _t("Mehr als %(most)s Vorgänge hat keine Vorlage.") % {"most": MOST_CASES})
        for form in self.steps:
            session, item = form.cleaned_data["session"], form.cleaned_data["item"].strip()
            others = Consultation.objects.filter(session=session, item=item).exclude(pk=form.step.pk)
            if session and item and others.exists():
                form.add_error("item", _t("Diesen TOP hat schon eine andere Vorlage."))
        return not any(form.errors for form in self.forms)

    def kept(self) -> Iterable[CaseForm]:
        return [form for form in self.cases if not form.cleaned_data["remove"]]

    def rows(self) -> list[Row]:
        kept = [Row(case=form.row.case, amount=form.cleaned_data["amount"]) for form in self.kept()]
        return [*kept, *(Row(case=case, amount=proposed_for(case)) for case in self.add.chosen())]

    def reasons(self) -> dict[int, str]:
        return {form.row.case_id: form.cleaned_data["reason"].strip() for form in self.kept()}

    def step_rows(self) -> dict[int, dict[str, Any]]:
        return {form.step.pk: form.data_for_step for form in self.steps}


class AnnexForm(forms.Form):
    title = short(_("Titel"), missing=_("Bitte schreiben Sie, was die Anlage ist."), limit=160)
    file = forms.FileField(
        label=_("Datei (PDF)"), widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Bitte wählen Sie eine Datei."), "invalid": _("Bitte wählen Sie eine Datei."),
            "empty": _("Die Datei ist leer. Bitte wählen Sie eine andere."),
            "max_length": _("Der Name der Datei ist zu lang."),
        },
    )  # fmt: skip
    is_public = public_field(_("Die Anlage ist"))
    use_required_attribute = False


class TakeBackForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = fields.text(
        _("Warum nehmen Sie die Vorlage zurück?"), missing=_("Bitte schreiben Sie, warum."), rows=4, limit=2000
    )
    use_required_attribute = False


class PaperFilter(forms.Form):
    """State and words; anything that cannot be read shows all."""

    stand = forms.ChoiceField(label=_("Stand"), required=False, choices=[("", _("alle")), *CouncilPaper.State.choices])
    suche = forms.CharField(label=_("Nummer oder Betreff"), required=False, max_length=120)
    use_required_attribute = False
    optional: tuple[str, ...] = ()
