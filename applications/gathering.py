"""Everything that lies around a draft, in one query: opening a step and saving it look at all of it, every few seconds.

The rows of several tables come as JSON under the name of what they are, and become what the tables' models are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import CharField, DecimalField, Expression, F, Field, Func, JSONField, Model, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from applications.models import Application, EligibilityRule, EvidenceTier, Question
from funding.money import MoneyField

OF_FILES = ("id", "application_id", "kind", "question", "removed_at")
"""What is asked of a file while somebody writes; the rest is read when it is needed."""
Order = Callable[[Any], Any]
BY_POSITION: Order = lambda row: (row.position, row.pk)  # noqa: E731 - one word for three tables
ORDERS: dict[str, Order] = {
    "goals": lambda row: row.code,
    "attachments": lambda row: row.pk,
    "tiers": lambda row: (row.from_amount, row.kind),
}


class _Nested(Func):
    """A JSON column inside another JSON value: SQLite keeps it as text and would quote it."""

    arity = 1
    template = "%(expressions)s"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON(%(expressions)s)", **context)


def gather(application: Application) -> None:
    """Reads goals, plan, files that are there, the programme's rules and its questions: as if they were prefetched."""
    rows = _read(_parts(application))
    for name in ("goals", "costs", "sources", "attachments"):
        fill(application, name, rows[name])
    application.known_rules, application.known_tiers = rows["rules"], rows["tiers"]
    if application.question_set is not None:
        fill(application.question_set, "questions", rows["questions"])


def fill(owner: Model, name: str, rows: list[Any]) -> None:
    """Puts rows where Django keeps prefetched ones, so that `owner.name.all()` asks no database."""
    found = getattr(owner, name).all()._chain()
    found._result_cache, found._prefetch_done = rows, True
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found
    for row in rows:
        if isinstance(owner, Application) and hasattr(row, "application_id"):
            row.application = owner


def _parts(application: Application) -> dict[str, QuerySet[Any]]:
    programme = application.round.programme_id
    parts: dict[str, QuerySet[Any]] = {
        "goals": application.goals.all(),
        "costs": application.costs.all(),
        "sources": application.sources.all(),
        "attachments": application.attachments.filter(removed_at__isnull=True).only(*OF_FILES),
        "rules": EligibilityRule.objects.filter(programme=programme),
        "tiers": EvidenceTier.objects.filter(programme=programme),
    }
    if application.question_set_id is not None:
        parts["questions"] = Question.objects.filter(question_set=application.question_set_id)
    return parts


def _read(parts: dict[str, QuerySet[Any]]) -> defaultdict[str, list[Any]]:
    first, *others = [_as_json(name, found) for name, found in parts.items()]
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for name, content in first.union(*others, all=True):
        rows[name].append(_row(parts[name], content))
    for name, found in rows.items():
        found.sort(key=ORDERS.get(name, BY_POSITION))
    return rows


def _as_json(name: str, found: QuerySet[Any]) -> QuerySet[Any]:
    content = JSONObject(**{field.attname: _plain(field) for field in _fields(found)})
    return found.order_by().values_list(Cast(Value(name), CharField()), content)


def _fields(found: QuerySet[Any]) -> list[Field[Any, Any]]:
    """The columns that a queryset reads: all, or those that it names."""
    named, is_deferred = found.query.deferred_loading
    every: Iterable[Field[Any, Any]] = found.model._meta.concrete_fields
    return [field for field in every if is_deferred or field.attname in named or field.name in named]


def _plain(field: Field[Any, Any]) -> Expression | F:
    if isinstance(field, JSONField):
        return _Nested(F(field.attname))
    return Cast(F(field.attname), CharField()) if isinstance(field, DecimalField) else F(field.attname)


def _row(found: QuerySet[Any], content: dict[str, Any]) -> Any:
    fields = _fields(found)
    values = [_value(field, content[field.attname]) for field in fields]
    return found.model.from_db(found.db, [field.attname for field in fields], values)


def _value(field: Field[Any, Any], raw: Any) -> Any:
    if raw is None or isinstance(field, JSONField):
        return raw
    if isinstance(field, MoneyField):
        return field.from_db_value(raw)
    if isinstance(field, DecimalField):
        return Decimal(raw).quantize(Decimal(1).scaleb(-field.decimal_places))
    return field.to_python(raw)
