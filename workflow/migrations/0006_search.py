"""The words of each case with the engine's own index, and the notes from which the list takes its numbers.

The triggers that write the notes come with `workflow.counting.ensure`, after every migration.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import funding.money
from workflow.count_triggers import dropped
from workflow.search import folded

SEARCH = {
    "postgresql": (
        "CREATE INDEX casetext_words ON workflow_casetext USING gin (array_to_tsvector(string_to_array(words, ' ')))",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE workflow_casefts USING fts5 (words, content='workflow_casetext', content_rowid='case_id', "
        "tokenize='ascii', prefix='2 3 4', detail='none')",
        "CREATE TRIGGER casetext_added AFTER INSERT ON workflow_casetext BEGIN "
        "INSERT INTO workflow_casefts (rowid, words) VALUES (NEW.case_id, NEW.words); END",
        "CREATE TRIGGER casetext_removed AFTER DELETE ON workflow_casetext BEGIN "
        "INSERT INTO workflow_casefts (workflow_casefts, rowid, words) VALUES ('delete', OLD.case_id, OLD.words); END",
        "CREATE TRIGGER casetext_changed AFTER UPDATE ON workflow_casetext BEGIN "
        "INSERT INTO workflow_casefts (workflow_casefts, rowid, words) VALUES ('delete', OLD.case_id, OLD.words); "
        "INSERT INTO workflow_casefts (rowid, words) VALUES (NEW.case_id, NEW.words); END",
    ),
}
NO_SEARCH = {
    "postgresql": ("DROP INDEX casetext_words",),
    "sqlite": (
        "DROP TRIGGER casetext_added", "DROP TRIGGER casetext_removed", "DROP TRIGGER casetext_changed",
        "DROP TABLE workflow_casefts",
    ),
}  # fmt: skip


def prepare(apps: Any, editor: Any) -> None:
    for statement in SEARCH[editor.connection.vendor]:
        editor.execute(statement, params=None)
    rows = apps.get_model("workflow", "Case").objects.values_list(
        "pk", "reference", "application__title", "application__organisation__name", "application__summary",
        "application__contact_name", "application__place", "application__municipality__name",
    )  # fmt: skip
    model = apps.get_model("workflow", "CaseText")
    for pk, reference, title, who, *rest in rows.iterator():
        model.objects.create(case_id=pk, words=folded((title, who), (reference, *(text or "" for text in rest))))


def undo(_apps: Any, editor: Any) -> None:
    for statement in (*dropped(editor.connection.vendor), *NO_SEARCH[editor.connection.vendor]):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_paper_data")]

    operations = [
        migrations.CreateModel(
            name="CaseCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=32)),
                ("award_state", models.CharField(max_length=32)),
                ("assigned_to", models.UUIDField(null=True)),
                ("is_unsent", models.BooleanField()),
                ("count", models.IntegerField()),
                ("amount", funding.money.MoneyField()),
                ("requested", funding.money.MoneyField()),
                ("decided", funding.money.MoneyField()),
            ],
            options={"verbose_name": "Zählung", "verbose_name_plural": "Zählungen"},
        ),
        migrations.CreateModel(
            name="CaseText",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="workflow.case",
                    ),
                ),
                ("words", models.TextField()),
            ],
            options={"verbose_name": "Wörter", "verbose_name_plural": "Wörter"},
        ),
        migrations.RunPython(prepare, undo),
    ]
