"""What a programme asks for, in words: its questions with their limits, the papers by amount, the rules of the check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import eligibility, evidence, questions
from applications.models import Attachment, EligibilityRule, Organisation, Question
from funding.models import Measure, Programme
from funding.money import format_money
from journal import formats

Kind = Question.Kind
Subject = EligibilityRule.Subject


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as one reads it beforehand; `parts` are those inside a group."""

    label: str
    help_text: str
    limits: str
    options: list[str] = field(default_factory=list)
    parts: list[Asked] = field(default_factory=list)


def questions_of(programme: Programme) -> list[Asked]:
    """The questions of the newest published version: two queries."""
    found = questions.entries(questions.newest(programme))
    labels = {entry.question.slug: entry.question.label for entry in found}
    return [_asked(entry.question, labels, parts=[_asked(part, labels) for part in entry.parts]) for entry in found]


def _asked(question: Question, labels: dict[str, str], *, parts: Iterable[Asked] = ()) -> Asked:
    return Asked(
        label=question.label,
        help_text=question.help_text,
        limits=" · ".join(_limits(question, labels)),
        options=[str(option) for option in question.options],
        parts=list(parts),
    )


def _limits(question: Question, labels: dict[str, str]) -> Iterator[str]:
    yield str(question.get_kind_display())
    if question.least is not None and question.kind in {Kind.NUMBER, Kind.MONEY}:
        yield _("mindestens %(least)s") % {"least": _number(question, question.least)}
    if question.most is not None:
        yield _most(question)
    if question.is_required:
        yield _("muss beantwortet werden")
    if question.from_amount:
        yield _("nur ab %(amount)s") % {"amount": format_money(question.from_amount)}
    if question.condition:
        yield _condition(question.condition, labels)


def _most(question: Question) -> str:
    if question.kind in {Kind.SHORT_TEXT, Kind.LONG_TEXT}:
        return _("höchstens %(most)s Zeichen") % {"most": formats.count_word(question.most or 0)}
    if question.kind == Kind.GROUP:
        return _("höchstens %(most)s Mal") % {"most": question.most}
    return _("höchstens %(most)s") % {"most": _number(question, question.most or 0)}


def _number(question: Question, number: int) -> str:
    return format_money(number) if question.kind == Kind.MONEY else str(number)


def _condition(condition: dict[str, Any], labels: dict[str, str]) -> str:
    said = {"yes": _("Ja"), "no": _("Nein")}
    answers = _(" oder ").join(said.get(answer, str(answer)) for answer in condition.get("is", []))
    question = labels.get(condition.get("question", ""), "")
    return _("nur wenn „%(question)s“ mit %(answers)s beantwortet ist") % {"question": question, "answers": answers}


# Papers


def papers_of(programme: Programme) -> list[str]:
    """As "Satzung: ab 500,00 €"; without tiers of the programme what an association always shows. One query."""
    tiers = evidence.tiers_of(programme)
    if not tiers:
        return [_("Satzung: wenn ein Verein den Antrag stellt")]
    labels = dict(Attachment.Kind.choices)
    return [_paper(str(labels.get(tier.kind, tier.kind)), tier) for tier in tiers]


def _paper(what: str, tier: Any) -> str:
    when = (
        _("ab %(amount)s beantragter Förderung") % {"amount": format_money(tier.from_amount)}
        if tier.from_amount
        else _("immer")
    )
    return f"{what}: {when}" + (f" ({tier.hint})" if tier.hint else "")


# Rules


def rules_in_words(rules: Iterable[EligibilityRule], measures: Iterable[Measure]) -> list[str]:
    """What the rules of the check ask for, one sentence each."""
    titles = {measure.code: measure.title for measure in measures}
    return [sentence for rule in rules if (sentence := condition_in_words(rule, titles))]


def condition_in_words(rule: EligibilityRule, titles: dict[str, str]) -> str:
    subject = Subject(rule.subject)
    if subject in {Subject.YES, Subject.NO}:
        answer = _("Ja") if subject == Subject.YES else _("Nein")
        return _("%(question)s Passend ist: %(answer)s.") % {"question": rule.question, "answer": answer}
    if subject in _MEASURED:
        return _measured(rule)
    labels = dict(Organisation.Kind.choices) if subject == Subject.ORGANISATION_KIND else titles
    names = [str(labels.get(str(name), name)) for name in rule.expected]
    return f"{subject.label}: {_join(names)}." if names else ""


def _join(names: list[str]) -> str:
    return _(" oder ").join([part for part in (", ".join(names[:-1]), names[-1]) if part])


_MEASURED = {
    Subject.STARTS_AFTER_DAYS: gettext_lazy("Das Projekt beginnt frühestens %(days)s Tage nach dem Antrag."),
    Subject.LASTS_AT_MOST_DAYS: gettext_lazy("Das Projekt dauert höchstens %(days)s Tage."),
    Subject.AMOUNT_AT_LEAST: gettext_lazy("Beantragt werden mindestens %(amount)s."),
    Subject.AMOUNT_AT_MOST: gettext_lazy("Beantragt werden höchstens %(amount)s."),
}


def _measured(rule: EligibilityRule) -> str:
    limit = eligibility.limit_of(rule)
    return str(_MEASURED[Subject(rule.subject)]) % {"days": f"{limit:f}", "amount": format_money(limit)}


def way_out(rule: EligibilityRule, *, today: date) -> str:
    """What one can do where a rule does not hold: change the plan, or ask."""
    if rule.subject == Subject.STARTS_AFTER_DAYS:
        first = today + timedelta(days=int(eligibility.limit_of(rule)))
        return _("Das lässt sich lösen: Planen Sie den Beginn für %(day)s oder später.") % {
            "day": formats.day_long(first)
        }
    if rule.subject in {Subject.AMOUNT_AT_LEAST, Subject.AMOUNT_AT_MOST}:
        amount = format_money(eligibility.limit_of(rule))
        if rule.subject == Subject.AMOUNT_AT_LEAST:
            return _("Das lässt sich lösen: Beantragen Sie mindestens %(amount)s.") % {"amount": amount}
        return _("Das lässt sich lösen: Beantragen Sie höchstens %(amount)s.") % {"amount": amount}
    if rule.subject == Subject.LASTS_AT_MOST_DAYS:
        days = int(eligibility.limit_of(rule))
        return ngettext(
            "Das lässt sich lösen: Planen Sie höchstens %(days)s Tag.",
            "Das lässt sich lösen: Planen Sie höchstens %(days)s Tage.",
            days,
        ) % {"days": days}
    if rule.subject == Subject.MEASURE:
        return _("Das lässt sich lösen: Wählen Sie eine andere Maßnahme.")
    return _("Fragen Sie uns, ob es trotzdem einen Weg gibt.")
