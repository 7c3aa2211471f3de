"""What the demo's programme asks on top: questions, documents by amount and rules of the check.

They come at the end: whoever filed before had none, and the running draft gets them, as it would in life.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from applications import questions
from applications.models import EligibilityRule, EvidenceTier, Question
from funding.models import Programme
from journal.actors import Actor
from workflow import questioning

Kind = Question.Kind
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"kind": Kind.YES_NO, "label": "Kommen auch Kinder?"},
    {
        "kind": Kind.LONG_TEXT,
        "label": "Wie passen Sie auf die Kinder auf?",
        "help_text": "Zwei oder drei Sätze reichen. Wer betreut, und wie viele sind Sie?",
        "is_required": True,
        "most": 1000,
        "condition": {"question": "kommen-auch-kinder", "is": ["yes"]},
    },
    {
        "kind": Kind.CHOICES,
        "label": "Wie erfahren die Leute von Ihrem Angebot?",
        "options": ["Aushang im Ort", "Zeitung", "soziale Medien", "persönliche Ansprache"],
    },
    {
        "kind": Kind.FILE,
        "label": "Programm oder Ablaufplan",
        "help_text": "Wenn es schon einen gibt.",
        "from_amount": Decimal(1000),
    },
)
TIERS: tuple[tuple[str, int, str], ...] = (
    ("statutes", 0, ""),
    ("offer", 2500, "für Anschaffungen"),
)
RULES: tuple[dict[str, Any], ...] = (
    {
        "subject": "yes",
        "question": "Ist Ihr Angebot offen für alle Menschen im Landkreis?",
        "reason": "Gefördert wird, was allen offensteht. Rufen Sie uns an, wenn Sie unsicher sind.",
    },
    {
        "subject": "lasts_at_most_days",
        "expected": ["365"],
        "reason": "Ein Projekt dauert höchstens ein Jahr. Längere Vorhaben teilen Sie bitte auf mehrere Anträge auf.",
    },
    {
        "subject": "amount_at_most",
        "expected": ["5000"],
        "reason": "Mehr als 5.000 € gibt es je Antrag nicht. Bitte beantragen Sie weniger.",
        "blocks": True,
    },
)


def lay_out(programme: Programme, *, actor: Actor, at: datetime) -> None:
    """Writes and publishes the questions, and lays down documents and rules."""
    in_work = questioning.begin(programme, actor=actor, at=at)
    for data in QUESTIONS:
        questioning.add(in_work, data, actor=actor, at=at)
    mark = questioning.mark_of_all(questions.entries(in_work))
    questioning.publish(in_work, note="", mark=mark, actor=actor, at=at)
    for kind, amount, hint in TIERS:
        EvidenceTier.objects.create(programme=programme, kind=kind, from_amount=Decimal(amount), hint=hint)
    for position, rule in enumerate(RULES, start=1):
        EligibilityRule.objects.create(programme=programme, position=position, **rule)
