"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.module_loading import import_string

from funding.models import Clawback, Disbursement
from funding.money import MoneyField
from journal import outbox
from journal.forms import StepForm
from journal.machine import Machine, StateField, step_of
from workflow.models import Award, Case

FLOORS = ("journal", "accounts", "funding", "applications", "workflow", "config")
MACHINES = (Case, Award, Disbursement, Clawback)
STEPS = [(machine, name, step_of(method)) for machine in MACHINES for name, method in machine.transitions().items()]


def sources(*floors: str) -> Iterator[tuple[Path, str]]:
    for floor in floors or FLOORS:
        for path in sorted((settings.BASE_DIR / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(settings.BASE_DIR), path.read_text(encoding="utf-8")


def own_models() -> Iterator[type[models.Model]]:
    for floor in FLOORS:
        if apps.is_installed(floor):
            yield from apps.get_app_config(floor).get_models()


def test_foreign_keys_across_floors_lead_nowhere_upwards() -> None:
    upward = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model._meta.app_label in FLOORS
        and field.related_model._meta.app_label != model._meta.app_label
        and not str(field.remote_field.related_name).endswith("+")
    ]
    assert upward == []


def test_journal_rows_hold_no_foreign_key() -> None:
    assert [f for m in apps.get_app_config("journal").get_models() for f in m._meta.get_fields() if f.is_relation] == []


@pytest.mark.parametrize(
    ("path", "text"), list(sources()), ids=lambda value: str(value) if isinstance(value, Path) else ""
)
def test_names_in_strings_do_not_lead_upwards(path: Path, text: str) -> None:
    """Dotted names and foreign keys written as strings are imports too."""
    above = FLOORS[FLOORS.index(path.parts[0]) + 1 :]
    found = (
        [
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(rf"({'|'.join(above)})\.[A-Za-z_.]+", node.value)
        ]
        if above
        else []
    )
    addresses = ("emails", "funding.entry")
    assert [name for name in found if not name.startswith(addresses)] == []


def writes_of_state(tree: ast.AST) -> Iterator[int]:
    """Lines that write a machine's state past the door: `x.state = …` and `.update(state=…)`."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
            yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {keyword.arg for keyword in node.keywords}
            if node.func.attr in {"update", "update_or_create", "bulk_update"} and "state" in named:
                yield node.lineno


ALLOWED_STATE_WRITERS = {
    Path("funding/payments.py"), Path("applications/account.py"), Path("workflow/freezing.py"), Path("workflow/sessions.py"),
}  # fmt: skip
"""The state of a payment run, a new account, a paper and a sitting are plain fields with these writers."""


def test_nobody_writes_a_state_past_the_door() -> None:
    found = {
        str(path): lines
        for path, text in sources()
        if path not in ALLOWED_STATE_WRITERS and (lines := list(writes_of_state(ast.parse(text))))
    }
    assert found == {}


OBJECTS = {"case", "award", "disbursement", "payment", "clawback", "claim", "obj", "locked"}
"""What an object of a machine is called in this house."""


def test_transitions_are_called_by_the_door_alone() -> None:
    names = {name for machine in MACHINES for name in machine.transitions()}
    found = [
        f"{path}:{node.lineno} .{node.func.attr}()"
        for path, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (getattr(node.func.value, "id", "") or getattr(node.func.value, "attr", "")) in OBJECTS
    ]
    assert found == []


def test_transitions_carry_a_step_and_no_conditions() -> None:
    for machine in MACHINES:
        for name, method in machine.transitions().items():
            for transition in method._django_fsm.transitions.values():
                assert transition.source not in {"*", "+"}, name
                assert transition.conditions == [], name
                assert transition.permission is None, name


def test_every_machine_is_found() -> None:
    assert {model for model in own_models() if issubclass(model, Machine)} == set(MACHINES)


@pytest.mark.parametrize(("machine", "name", "step"), STEPS, ids=lambda value: value if isinstance(value, str) else "")
def test_step_names_a_form_that_exists_and_letters_that_somebody_writes(machine, name, step) -> None:
    if step.form:
        assert issubclass(import_string(step.form), StepForm)
    assert set(step.messages) <= outbox.kinds()


def test_no_form_and_no_data_view_holds_a_state_or_money_of_a_machine() -> None:
    for model, model_admin in admin.site._registry.items():
        guarded = [f for f in model._meta.get_fields() if isinstance(f, StateField | MoneyField)]
        if guarded or model._meta.app_label in FLOORS:
            writable = {
                model_admin.has_add_permission,
                model_admin.has_change_permission,
                model_admin.has_delete_permission,
            }
            assert not any(may(request=None) for may in writable), model


COUNTED = {"version", "attempts"}
"""Plain numbers that are counted up; everything else that is added in the database could be money."""


def f_arithmetic(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            for side in (node.left, node.right):
                if isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "F":
                    name = side.args[0]
                    if not (isinstance(name, ast.Constant) and name.value in COUNTED):
                        yield node.lineno


ARITHMETIC_HOMES = {
    Path("funding") / name
    for name in ("ledger/book.py", "ledger/awards.py", "ledger/flow.py", "ledger/years.py", "queries.py", "integrity.py",
                 "models/budget.py")
}  # fmt: skip


def test_money_is_added_in_the_database_in_few_places() -> None:
    """`F("committed") + Decimal("5.00")` adds five cents, silently: a factor of 100 in the guard."""
    found = {
        str(path): sorted(set(lines))
        for path, text in sources()
        if path not in ARITHMETIC_HOMES and (lines := list(f_arithmetic(ast.parse(text))))
    }
    assert found == {}


def test_actions_never_ask_the_broker() -> None:
    """Work is a row; the beat drains it. Nothing relies on the broker."""
    assert [str(path) for path, text in sources() if re.search(r"\.(delay|apply_async)\(", text)] == []


def test_rules_take_time_and_person_as_arguments() -> None:
    clock = re.compile(r"timezone\.now\(|localdate\(\)|date\.today\(|datetime\.now\(")
    pure = [
        (path, text)
        for path, text in sources("funding", "applications", "workflow", "journal")
        if path.name not in {"tasks.py", "views.py"} and "views" not in path.parts and "commands" not in path.parts
    ]
    assert [str(path) for path, text in pure if clock.search(text)] == []


def test_files_need_little_scrolling() -> None:
    long = {str(path): count for path, text in sources() if (count := text.count("\n")) > 360}
    # The Case is one machine on one page: every transition of the natural way can be read in order.
    long.pop("workflow/models/case.py", None)
    long.pop("workflow/models/award.py", None)
    assert long == {}
