"""Looking for cases by words: the same hits on PostgreSQL (GIN) and on SQLite (FTS5).

The words are folded here, so that neither engine has rules of its own: ß, ä, ö, ü as typewriters write them, no accents,
no capitals. A hit holds every word that was asked for, each from its beginning; one letter only as a whole word. In the
title and the name of the applicant the inside of a word counts too: "kurs" finds the "Deutschkurs".
Whoever files or changes what is looked for calls `update` in the same transaction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from applications.models import Organisation
from workflow.models import Case, CaseNote, CaseText, Label

LONGEST = 60
"""Characters of a word that count."""
MOST = 12
"""Words of a question that count: more nobody types."""
INSIDE = 4
"""So many letters at least has a part of a word that is found inside it."""
BATCH = 500
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def words(text: str) -> list[str]:
    """The folded words. "Süd-West" is one word without its hyphen, as is a file number."""
    folded = unicodedata.normalize("NFC", text.replace("\N{SOFT HYPHEN}", "")).casefold().translate(GERMAN)
    plain = "".join(one for one in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(one))
    return [found.replace("-", "")[:LONGEST] for found in WORD.findall(plain)]


def _parts(text: str) -> Iterator[str]:
    """Also the pieces between hyphens."""
    yield from words(text)
    yield from words(text.replace("-", " "))


def _insides(text: str) -> Iterator[str]:
    """What a word of the text ends with: since words are found from their beginning, this finds its inside."""
    for word in _parts(text):
        yield from (word[start:] for start in range(len(word) - INSIDE + 1))


def folded(names: Iterable[str], texts: Iterable[str]) -> str:
    """What is kept of a case: every word once, parted by one space."""
    found = {word for name in names for word in (*_parts(name), *_insides(name))}
    return " ".join(sorted(found | {word for text in texts for word in _parts(text)}))


def holding(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """The cases that hold all words of the text; none if it has no word at all."""
    asked = words(text)[:MOST]
    if not asked:
        return cases.none()
    if connection.vendor == "postgresql":
        # OFFSET 0 has the words looked up first: the planner would rather walk all cases in the order of the list.
        sql = (
            "SELECT case_id FROM workflow_casetext "
            "WHERE array_to_tsvector(string_to_array(words, ' ')) @@ %s::tsquery OFFSET 0"
        )
        return cases.filter(pk__in=RawSQL(sql, [" & ".join(f"'{word}'{_star(word, ':*')}" for word in asked)]))  # noqa: S611 - words are letters and digits
    sql = "SELECT rowid FROM workflow_casefts WHERE workflow_casefts MATCH %s"
    return cases.filter(pk__in=RawSQL(sql, [" ".join(f'"{word}"{_star(word, "*")}' for word in asked)]))  # noqa: S611


def _star(word: str, star: str) -> str:
    return star if len(word) > 1 else ""


# Keeping the words


def begin(case: Case) -> None:
    """Keeps the words of a case that was opened a moment ago: one query, for the office has not written about it yet."""
    application = case.application
    names = (application.title, application.organisation.name)
    texts = (application.summary, application.contact_name, application.place, str(application.municipality or ""))
    CaseText.objects.create(case=case, words=folded(names, (case.reference, *texts)))


def update(*cases: Case) -> None:
    """Keeps the words of these cases as they are now: four queries, however many."""
    with transaction.atomic():
        _keep([case.pk for case in cases])


def update_organisation(organisation: Organisation) -> None:
    """After its name has changed."""
    _keep(list(Case.objects.filter(application__organisation=organisation).values_list("pk", flat=True)))


def rebuild() -> int:
    """All cases anew: after a municipality has another name, or an import past the actions. Returns how many."""
    keys = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            _keep(keys[start : start + BATCH])
    return len(keys)


COLUMNS = (
    "pk", "reference", "application__title", "application__organisation__name", "application__summary",
    "application__contact_name", "application__place", "application__municipality__name",
)  # fmt: skip


def _keep(keys: list[int]) -> None:
    inner: dict[int, list[str]] = {key: [] for key in keys}
    for pk, text in _office_texts(keys):
        inner[pk].append(text)
    rows: Any = Case.objects.filter(pk__in=keys).order_by().values_list(*COLUMNS)
    CaseText.objects.bulk_create(
        [
            CaseText(case_id=pk, words=folded((title, who), (reference, *(text or "" for text in rest), *inner[pk])))
            for pk, reference, title, who, *rest in rows
        ],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["words"],
        batch_size=BATCH,
    )


def _office_texts(keys: list[int]) -> Iterator[tuple[int, str]]:
    """Labels and notes, except those that are struck out."""
    yield from CaseNote.objects.filter(case__in=keys, struck_at__isnull=True).order_by().values_list("case", "text")
    yield from Label.cases.through.objects.filter(case__in=keys).values_list("case", "label__name")
