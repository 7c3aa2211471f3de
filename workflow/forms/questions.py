"""The form with which the administration writes a question. It says in words what does not fit the kind of question."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.forms.questions import field_of
from applications.models import Question
from applications.questions import MOST_ROWS, Entry, field_name
from funding.money import MoneyFormField
from workflow.forms.administration import SENTENCES
from workflow.forms.fields import text

Kind = Question.Kind
CHOOSING = {Kind.CHOICE, Kind.CHOICES}
CALLING = {Kind.CHOICE, Kind.CHOICES, Kind.YES_NO}
"""Kinds whose answer can call for another question."""
MOST_OPTIONS, LONGEST_OPTION = 30, 120
HIGHEST = Decimal("9999999.99")
LIMITS = {Kind.SHORT_TEXT: 200, Kind.LONG_TEXT: 20_000, Kind.NUMBER: 10**9, Kind.MONEY: 10**7, Kind.GROUP: MOST_ROWS}
"""The highest limit that a kind of question can have; other kinds have none."""
_YES, _NO = "yes", "no"


def _limit(label: Any, *, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=10**9,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=SENTENCES | {"invalid": _("Bitte schreiben Sie eine ganze Zahl, zum Beispiel 500.")},
    )


def answers_of(question: Question) -> list[tuple[str, Any]]:
    """The answers that can be chosen: as stored, and in words."""
    if question.kind == Kind.YES_NO:
        return [(_YES, _t("Ja")), (_NO, _t("Nein"))]
    return [(option, option) for option in question.options] if question.kind in CHOOSING else []


class QuestionForm(forms.Form):
    """`found` are the questions of the version; `question` is the one that is changed, None for a new one."""

    use_required_attribute = False
    optional = frozenset({"help_text", "options", "condition", "from_amount", "group", "least", "most"})

    label = forms.CharField(
        label=_("Frage"),
        help_text=_("So, wie der Verein sie liest."),
        max_length=200,
        error_messages=SENTENCES | {"required": _("Bitte schreiben Sie die Frage.")},
    )
    kind = forms.ChoiceField(
        label=_("Art der Antwort"),
        choices=[("", _("Bitte wählen")), *Kind.choices],
        error_messages=SENTENCES | {"required": _("Bitte wählen Sie, wie geantwortet wird.")},
    )
    help_text = text(_("Hilfe zur Frage"), missing="", required=False, rows=3, limit=1000)
    is_required = forms.BooleanField(label=_("Muss beantwortet werden"), required=False)
    options = text(
        _("Antworten zur Auswahl"),
        missing="",
        required=False,
        help_text=_("Nur bei einer Auswahl. Je Zeile eine Antwort."),
        limit=MOST_OPTIONS * (LONGEST_OPTION + 2),
    )
    least = _limit(_("Mindestens"), help_text=_("Nur bei Zahl und Betrag: der kleinste Wert."))
    most = _limit(
        _("Höchstens"),
        help_text=_("Bei Text: Zeichen. Bei Zahl und Betrag: der größte Wert. Bei einer Gruppe: Zeilen."),
    )
    condition = forms.MultipleChoiceField(
        label=_("Nur fragen, wenn vorher so geantwortet wurde"),
        help_text=_("Nichts angekreuzt heißt: immer fragen. Bitte nur Antworten derselben Frage."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=SENTENCES | {"invalid_choice": _("Diese Antwort gibt es vor dieser Frage nicht.")},
    )
    from_amount = MoneyFormField(
        label=_("Nur fragen ab diesem beantragten Betrag"),
        help_text=_("Leer heißt: bei jedem Betrag."),
        required=False,
        min_value=Decimal("0.00"),
        max_value=HIGHEST,
    )
    group = forms.ChoiceField(
        label=_("Gehört in die Gruppe"),
        help_text=_("Eine Gruppe lässt sich mehrmals ausfüllen, zum Beispiel einmal je Termin."),
        required=False,
        error_messages=SENTENCES,
    )

    def __init__(
        self, *args: Any, found: list[Entry], question: Question | None = None, fixed: bool = False, **kwargs: Any
    ) -> None:
        self.found, self.question = found, question
        if question is not None:
            kwargs["initial"] = initial_of(question) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.earlier = list(self._earlier())
        self.groups = {str(e.question.pk): e.question for e in found if e.question.kind == Kind.GROUP}
        self._offer(fixed=fixed)

    def _earlier(self) -> Iterable[Question]:
        for entry in self.found:
            if self.question is not None and entry.question.pk in {self.question.pk, self.question.group_id}:
                return
            if entry.question.kind in CALLING:
                yield entry.question

    def _offer(self, *, fixed: bool) -> None:
        """Only what can be chosen here."""
        fields: Any = self.fields
        fields["condition"].choices = [
            (f"{question.slug}:{value}", f"{question.label} – {words}")
            for question in self.earlier
            for value, words in answers_of(question)
        ]
        own = str(self.question.pk) if self.question else ""
        names = [(key, group.label) for key, group in self.groups.items() if key != own]
        fields["group"].choices = [("", _("keine Gruppe")), *names]
        if fixed:
            fields["kind"].disabled = True
            fields["kind"].help_text = _("Bleibt, weil andere Fragen oder schon gegebene Antworten daran hängen.")
        for name in [name for name in ("condition", "group") if not _has_choice(fields[name])]:
            del fields[name]

    def clean_options(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["options"].splitlines()]
        options = [line for line in lines if line]
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(_t("Bitte höchstens %(most)s Antworten.") % {"most": MOST_OPTIONS})
        if too_long := [option for option in options if len(option) > LONGEST_OPTION]:
            raise forms.ValidationError(
                _t("Diese Antwort ist zu lang: „%(option)s …“. Möglich sind %(most)s Zeichen.")
                % {"option": too_long[0][:30], "most": LONGEST_OPTION}
            )
        if len({option.casefold() for option in options}) < len(options):
            raise forms.ValidationError(_t("Eine Antwort steht zweimal da. Bitte streichen Sie eine."))
        return options

    def clean_condition(self) -> dict[str, Any]:
        chosen = [value.split(":", 1) for value in self.cleaned_data["condition"]]
        if len({slug for slug, _answer in chosen}) > 1:
            raise forms.ValidationError(_t("Bitte kreuzen Sie nur Antworten derselben Frage an."))
        return {"question": chosen[0][0], "is": [answer for _slug, answer in chosen]} if chosen else {}

    def clean_group(self) -> Question | None:
        return self.groups.get(self.cleaned_data["group"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind"):
            self._check_options(Kind(data["kind"]), data.get("options"))
            self._check_limits(Kind(data["kind"]), data.get("least"), data.get("most"))
            self._check_group(Kind(data["kind"]), data)
        return data

    def _refuse(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name if name in self.fields else None, sentence)

    def _check_options(self, kind: Kind, options: list[str] | None) -> None:
        if options is None:
            return
        if kind in CHOOSING and len(options) < 2:
            self._refuse("options", _t("Bitte schreiben Sie mindestens zwei Antworten, je Zeile eine."))
        elif kind not in CHOOSING and options:
            self._refuse(
                "options", _t("Antworten zur Auswahl gibt es nur bei einer Auswahl. Bitte leeren Sie das Feld.")
            )
        elif lost := self._lost(options):
            self._refuse("options", lost)

    def _lost(self, options: list[str]) -> str:
        """Another question is put because of an answer that is about to go."""
        if self.question is None or self.question.kind not in CHOOSING:
            return ""
        for entry in self.found:
            condition = entry.question.condition or {}
            gone = [one for one in condition.get("is", []) if one not in options]
            if condition.get("question") == self.question.slug and gone:
                return _t("Von der Antwort „%(answer)s“ hängt ab: „%(question)s“. Bitte ändern Sie zuerst dort.") % {
                    "answer": gone[0],
                    "question": entry.question.label,
                }
        return ""

    def _check_limits(self, kind: Kind, least: int | None, most: int | None) -> None:
        if least is not None and kind not in {Kind.NUMBER, Kind.MONEY}:
            self._refuse("least", _t("Ein Mindestwert passt nur zu Zahl und Betrag. Bitte leeren Sie das Feld."))
        if most is None:
            return
        if kind not in LIMITS:
            self._refuse("most", _t("Diese Art der Antwort hat keine Grenze. Bitte leeren Sie das Feld."))
        elif not 1 <= most <= LIMITS[kind]:
            self._refuse("most", _t("Bitte schreiben Sie eine Zahl von 1 bis %(most)s.") % {"most": LIMITS[kind]})
        elif least is not None and least > most:
            self._refuse("most", _t("Höchstens liegt unter Mindestens. Bitte prüfen Sie beide."))

    def _check_group(self, kind: Kind, data: dict[str, Any]) -> None:
        """A group takes plain questions that are always put."""
        if not data.get("group"):
            return
        if kind in {Kind.GROUP, Kind.FILE}:
            self._refuse("group", _t("Dateien und andere Gruppen passen nicht in eine Gruppe."))
        if data.get("condition"):
            self._refuse("condition", _t("In einer Gruppe gibt es keine Bedingung. Sie gilt für die ganze Gruppe."))
        if data.get("from_amount") is not None:
            self._refuse("from_amount", _t("In einer Gruppe gibt es keinen Betrag. Er gilt für die ganze Gruppe."))
        if self.question is not None and self._calls():
            self._refuse("group", _t("Von dieser Frage hängen andere ab. Darum bleibt sie außerhalb der Gruppe."))

    def _calls(self) -> bool:
        own = self.question.slug if self.question else ""
        return any((entry.question.condition or {}).get("question") == own for entry in self.found)

    def content(self) -> dict[str, Any]:
        """What is stored of the question."""
        return {"condition": {}, "group": None} | self.cleaned_data


def _has_choice(field: Any) -> bool:
    return any(value for value, _label in field.choices)


def initial_of(question: Question) -> dict[str, Any]:
    condition = question.condition or {}
    return {
        "label": question.label,
        "kind": question.kind,
        "help_text": question.help_text,
        "is_required": question.is_required,
        "options": "\n".join(question.options),
        "least": question.least,
        "most": question.most,
        "condition": [f"{condition['question']}:{answer}" for answer in condition.get("is", [])] if condition else [],
        "from_amount": question.from_amount,
        "group": str(question.group_id or ""),
    }


class PublishForm(forms.Form):
    """`is_first`: nobody has answered anything yet, so nothing needs to be explained."""

    use_required_attribute = False
    note = text(
        _("Was ändert sich?"),
        missing=_("Bitte schreiben Sie, was sich ändert. Wer gerade schreibt, liest das."),
        help_text=_("Wer gerade einen Antrag schreibt, liest diesen Text über den Fragen."),
        rows=3,
        limit=600,
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = not is_first
        self.optional = frozenset({"note"} if is_first else ())


class PreviewForm(forms.Form):
    """The fields as the association gets them, all at once; nothing is sent from here."""

    def __init__(self, *, found: list[Entry]) -> None:
        super().__init__()
        self.blocks: list[dict[str, Any]] = []
        shown = [entry for entry in found if entry.question.kind != Kind.FILE]
        plain = [q for e in shown for q in (e.parts or [e.question]) if q.kind != Kind.GROUP]
        self.optional = frozenset(field_name(question) for question in plain if not question.is_required)
        for entry in shown:
            for question in (entry.question, *entry.parts):
                if question.kind != Kind.GROUP:
                    self.fields[field_name(question)] = field_of(question)
            self.blocks.append(self._block(entry))

    def _block(self, entry: Entry) -> dict[str, Any]:
        if entry.question.kind != Kind.GROUP:
            return {"field": self[field_name(entry.question)]}
        row = [self[field_name(part)] for part in entry.parts]
        return {"group": entry.question, "rows": [row], "count": 1, "may_grow": False}
