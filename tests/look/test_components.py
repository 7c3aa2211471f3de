"""What the components promise beyond looking right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from config import views
from journal.page import charts, fields, findings
from tests.look.forms import Decision, EveryField, wrong_lines

pytestmark = pytest.mark.urls("tests.look.urls")


@pytest.fixture(autouse=True)
def german() -> object:
    with translation.override("de"):
        yield


def draw(source: str, **values: object) -> str:
    return engines["django"].from_string(source).render(values)


class One(forms.Form):
    name = forms.CharField(label="Name", help_text="Wie im Ausweis.")


def test_a_field_in_error_is_tied_to_its_hint_and_its_error() -> None:
    html = draw("{% field form.name %}", form=One({"name": ""}))
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_hint"' in html
    assert 'id="id_name_error"' in html


def test_a_field_without_error_says_nothing_about_one() -> None:
    html = draw("{% field form.name %}", form=One())
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_name_hint"' in html


def test_what_was_typed_stays_in_the_field() -> None:
    assert 'value="viel"' in draw("{% field form.amount %}", form=EveryField({"amount": "viel"}))


def test_what_was_typed_is_never_markup() -> None:
    html = draw("{% field form.name %}{% error_summary form %}", form=One({"name": "<script>"}))
    assert "<script>" not in html


def test_a_draft_names_its_optional_fields_itself() -> None:
    class Draft(One):
        name = forms.CharField(label="Name", required=False)
        optional = frozenset[str]()

    assert "Optional" not in draw("{% field form.name %}", form=Draft())
    Draft.optional = frozenset({"name"})
    assert "Optional" in draw("{% field form.name %}", form=Draft())


def test_the_error_summary_links_to_the_first_circle_of_a_group() -> None:
    found = findings.of(Decision({}))
    assert [item.target for item in found] == ["id_choice_0"]


def test_findings_of_repeated_lines_name_the_line() -> None:
    assert [item.sentence.split(":")[0] for item in findings.of(wrong_lines())] == ["Ausgabe 3"]


def test_a_label_that_is_a_question_keeps_one_mark_before_the_sentence() -> None:
    sentences = [item.sentence for item in findings.of(EveryField({}))]
    assert not [sentence for sentence in sentences if "?:" in sentence or ".:" in sentence]


def test_without_findings_there_is_no_summary() -> None:
    assert draw("{% error_summary form formset %}", form=One({"name": "Mina"}), formset=None).strip() == ""


def test_the_title_says_error_first_when_a_form_is_wrong() -> None:
    template = "{% finding_prefix %}Titel"
    assert draw(template, form=One({})) == "Fehler: Titel"
    assert draw(template, form=One()) == "Titel"
    assert draw(template, lines=wrong_lines()) == "Fehler: Titel"


def test_a_block_escapes_what_it_is_given_and_keeps_its_markup() -> None:
    html = draw('{% alert "i" title %}<p>{{ text }}</p>{% endalert %}', title="<b>", text="<i>")
    assert "<p>&lt;i&gt;</p>" in html
    assert "&lt;b&gt;" in html


def test_pages_of_a_list_keep_their_filters() -> None:
    request = RequestFactory().get("/?status=open&page=2")
    html = draw("{% pagination page %}", request=request, page=Paginator(range(30), 10).page(2))
    assert 'href="?page=3&amp;status=open"' in html


@pytest.mark.parametrize(
    ("given", "whole", "expected"),
    [
        ([50, 25], 100, [("0.00%", "50.00%"), ("50.00%", "25.00%")]),
        ([80, 50], 100, [("0.00%", "80.00%"), ("80.00%", "20.00%")]),
        ([0, 0], 0, [("0.00%", "0.00%"), ("0.00%", "0.00%")]),
        ([-10, 40], 100, [("0.00%", "0.00%"), ("0.00%", "40.00%")]),
    ],
)
def test_a_bar_never_leaves_its_frame(given: list[int], whole: int, expected: list[tuple[str, str]]) -> None:
    rows = [("", Decimal(amount), "filled") for amount in given]
    assert [(part.x, part.width) for part in charts.parts(rows, whole)] == expected


def test_a_chart_of_nothing_is_flat_and_not_an_error() -> None:
    assert charts.columns([]) == []
    column = charts.columns([{"label": "2026"}])[0]
    assert (column.filled, column.hatched, column.limit_y) == (0, 0, None)


def test_the_number_on_a_column_is_not_crossed_by_the_limit() -> None:
    column = charts.columns([{"label": "2026", "filled": 19500, "limit": 20000}])[0]
    assert column.limit_y is not None
    assert column.text_y < column.limit_y


def test_every_kind_of_field_is_known() -> None:
    kinds = [fields.kind_of(bound) for bound in EveryField()]
    assert kinds == [*["text"] * 3, "textarea", "select", "date", "text", "radios", "checks", "check", "file", "hidden"]


def test_a_conflict_shows_what_was_typed_to_copy_and_the_way_on() -> None:
    request = RequestFactory().get("/")
    page = views.conflict(request, "Hauke Probe hat bewilligt.", {"Begründung": "Der Kurs <hilft>."}, "/vorgaenge/1/")
    html = page.content.decode()
    assert page.status_code == 409
    assert "Jemand war schneller" in html
    assert "Der Kurs &lt;hilft&gt;." in html
    assert 'href="/vorgaenge/1/"' in html


@pytest.mark.parametrize("path", ["/gibt/es/nicht/"])
def test_an_unknown_address_gets_a_page_that_helps(client: object, path: str) -> None:
    response = client.get(path)  # type: ignore[attr-defined]
    assert response.status_code == 404
    assert "Diese Seite gibt es nicht (mehr)." in response.content.decode()


def test_a_fault_of_ours_has_a_page_without_database_and_a_code_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    page = views.broken(RequestFactory().get("/kaputt/"))
    assert page.status_code == 500
    code = caplog.records[-1].args[0]  # type: ignore[index]
    assert f"Kennung: {code}." in page.content.decode()


def test_the_sentences_of_django_are_said_our_way() -> None:
    """Never "zwingend erforderlich" or "ungültig"; needs the compiled catalogue of locale/de."""
    errors = [str(sentence) for bound in EveryField({"begin": "gestern", "mail": "mina"}) for sentence in bound.errors]
    assert "Bitte füllen Sie dieses Feld aus." in errors
    assert "Bitte schreiben Sie den Tag so: 31.12.2026." in errors
    assert not [sentence for sentence in errors if "gültig" in sentence or "erforderlich" in sentence]
