"""Money: no cent is lost, no factor of 100 slips in, and people read one format."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, Q, Sum
from django.db.models.functions import Abs, Coalesce, Greatest
from django.forms import modelform_factory
from django.template import Context, Template
from django.test.utils import isolate_apps
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from funding.money import LIMIT, MoneyField, MoneyFormField, exact, format_money, parse_money, split, value

amounts = st.decimals(min_value=-LIMIT, max_value=LIMIT, places=2)

with isolate_apps():

    class Purse(models.Model):
        """A table of this test alone: never registered, never migrated."""

        promised = MoneyField(default=Decimal("0.00"))
        limit = MoneyField(null=True, blank=True)

        class Meta:
            app_label = "moneytest"
            constraints = [
                models.CheckConstraint(condition=Q(promised__lte=F("limit") + value(Decimal("5.00"))), name="purse_max")
            ]


PurseForm = modelform_factory(Purse, fields=["promised", "limit"])


@pytest.fixture
def purses(db: None) -> Iterator[type[Purse]]:
    sql, params = connection.SchemaEditorClass(connection).table_sql(Purse)
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
    yield Purse
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE moneytest_purse")


# The field


def raw(column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM moneytest_purse")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_the_database_holds_whole_cents_and_python_holds_euros(purses: type[Purse]) -> None:
    purses.objects.create(promised=Decimal("1234.56"))
    assert raw("promised") == 123456
    assert repr(purses.objects.get().promised) == "Decimal('1234.56')"
    assert purses.objects.get().limit is None


def test_an_expression_with_value_adds_euros_not_cents(purses: type[Purse]) -> None:
    purses.objects.create(promised=Decimal("10.00"))
    purses.objects.update(promised=F("promised") + value(Decimal("5.00")))
    assert purses.objects.get().promised == Decimal("15.00")


def test_a_bare_decimal_beside_a_column_is_taken_for_cents_hence_the_ban(purses: type[Purse]) -> None:
    """The pitfall that `value()` exists for. If Django ever refuses it, the architecture test can go."""
    purses.objects.create(promised=Decimal("10.00"))
    purses.objects.update(promised=F("promised") + Decimal("5.00"))
    assert purses.objects.get().promised == Decimal("10.05")
    with pytest.raises(FieldError, match="Cannot infer type"):
        purses.objects.annotate(more=F("promised") + Decimal("5.00")).get()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (F("promised") + F("limit"), "310.10"),
        (F("promised") - F("limit"), "-89.90"),
        (F("promised") - value(1), "109.10"),
        (-F("promised"), "-110.10"),
        (F("promised") * 3, "330.30"),
        (Abs(F("promised") - F("limit")), "89.90"),
        (Greatest("promised", "limit"), "200.00"),
        (Coalesce("limit", value(0)), "200.00"),
    ],
)
def test_expressions_answer_in_euros(purses: type[Purse], expression: models.Expression, expected: str) -> None:
    purses.objects.create(promised=Decimal("110.10"), limit=Decimal("200.00"))
    result = purses.objects.annotate(result=expression).get().result
    assert isinstance(result, Decimal)
    assert str(result) == expected


def test_sums_are_exact_euros(purses: type[Purse]) -> None:
    for amount in ("0.10", "0.20", "999999999.99"):
        purses.objects.create(promised=Decimal(amount))
    total = purses.objects.aggregate(total=Sum("promised"))["total"]
    assert str(total) == "1000000000.29"
    empty = purses.objects.none().aggregate(total=Coalesce(Sum("promised"), value(0)))["total"]
    assert str(empty) == "0.00"


def test_conditions_compare_euros(purses: type[Purse]) -> None:
    purses.objects.create(promised=Decimal("5.00"), limit=Decimal("5.00"))
    find = purses.objects.filter
    assert find(promised=Decimal("5.00")).exists()
    assert find(promised__gt=Decimal("4.99"), promised__lt=Decimal("5.01")).exists()
    assert find(promised__in=[5, Decimal("6.00")]).exists()
    assert find(promised__range=(Decimal(5), Decimal(6))).exists()
    assert not find(promised__gt=F("limit") - value(0)).exists()
    summed = purses.objects.values("limit").annotate(total=Sum("promised"))
    assert summed.filter(total__gte=Decimal("5.00")).exists()
    assert not summed.filter(total__gte=Decimal("5.01")).exists()


def test_a_check_in_the_database_counts_euros(purses: type[Purse]) -> None:
    purses.objects.create(promised=Decimal("15.00"), limit=Decimal("10.00"))
    with pytest.raises(IntegrityError, match="purse_max"), transaction.atomic():
        purses.objects.create(promised=Decimal("15.01"), limit=Decimal("10.00"))
    with pytest.raises(ValidationError):
        Purse(promised=Decimal("15.01"), limit=Decimal("10.00")).full_clean()


def test_bulk_writes_and_case_expressions_keep_the_unit(purses: type[Purse]) -> None:
    rows = purses.objects.bulk_create([Purse(promised=Decimal(amount)) for amount in ("1.00", "50000000.00")])
    for row in rows:
        row.promised *= 2
    purses.objects.bulk_update(rows, ["promised"])
    stored = purses.objects.order_by("promised").values_list("promised", flat=True)
    assert list(stored) == [Decimal("2.00"), Decimal("100000000.00")]


@pytest.mark.parametrize("amount", [1.5, True, "1,50", "1e3", "", object()])
def test_money_refuses_what_is_no_exact_number(amount: object) -> None:
    with pytest.raises(TypeError):
        exact(amount)
    with pytest.raises(ValidationError):
        MoneyField().to_python(amount)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "0.001", "1E+12", "1000000000.00"])
def test_money_refuses_nan_fractions_of_a_cent_and_a_milliard(amount: str) -> None:
    with pytest.raises(ValueError):
        MoneyField().get_prep_value(Decimal(amount))
    with pytest.raises(ValueError):
        value(Decimal(amount))


@given(amounts)
def test_the_way_through_the_database_changes_nothing(amount: Decimal) -> None:
    field = MoneyField()
    assert field.from_db_value(field.get_prep_value(amount)) == amount
    assert field.to_python(str(amount)) == amount


def test_a_dump_writes_and_reads_exact_text() -> None:
    purse = Purse(promised=Decimal("1234.5"))
    promised, limit = (Purse._meta.get_field(name) for name in ("promised", "limit"))
    assert promised.value_to_string(purse) == "1234.50"
    assert promised.to_python("1234.50") == Decimal("1234.50")
    assert limit.value_to_string(purse) == ""
    assert limit.to_python(None) is None


def test_negative_zero_is_zero() -> None:
    assert str(exact(Decimal("-0.00"))) == "0.00"


def test_a_migration_can_write_the_field() -> None:
    _name, path, args, kwargs = MoneyField("Betrag", null=True, default=Decimal(0)).deconstruct()
    assert (path, args) == ("funding.money.MoneyField", [])
    assert kwargs == {"verbose_name": "Betrag", "null": True, "default": Decimal(0)}
    assert MigrationWriter.serialize(MoneyField())[0] == "funding.money.MoneyField()"


# Splitting


@pytest.mark.parametrize(
    ("amount", "parts", "shares"),
    [
        ("100.00", 3, ["33.33", "33.33", "33.34"]),
        ("1000.00", [8, 2], ["800.00", "200.00"]),
        ("0.01", [1, 1, 0], ["0.00", "0.01", "0.00"]),
        ("-100.00", 3, ["-33.33", "-33.33", "-33.34"]),
        ("10.00", [Decimal("0.5"), Fraction(1, 3)], ["6.00", "4.00"]),
    ],
)
def test_the_last_share_takes_the_remainder(amount: str, parts: int | list[int], shares: list[str]) -> None:
    assert split(Decimal(amount), parts) == [Decimal(share) for share in shares]


@pytest.mark.parametrize("parts", [0, -1, [], [0, 0], [2, -1]])
def test_splitting_by_nothing_is_refused(parts: int | list[int]) -> None:
    with pytest.raises(ValueError):
        split(Decimal("1.00"), parts)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any))
def test_splitting_loses_no_cent(amount: Decimal, weights: list[int]) -> None:
    shares = split(amount, weights)
    assert sum(shares) == amount
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)
    assert all(share * amount >= 0 for share in shares)


# Reading and writing


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.56", "1.234,56\N{NO-BREAK SPACE}€"),
        ("0", "0,00\N{NO-BREAK SPACE}€"),
        ("-350", "\N{MINUS SIGN}350,00\N{NO-BREAK SPACE}€"),
        ("-0.001", "0,00\N{NO-BREAK SPACE}€"),
        ("0.005", "0,01\N{NO-BREAK SPACE}€"),
        ("999999999.99", "999.999.999,99\N{NO-BREAK SPACE}€"),
        (None, "–"),
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_one_format_in_every_language(amount: str | None, text: str, language: str) -> None:
    with translation.override(language):
        assert format_money(None if amount is None else Decimal(amount)) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234", "1234.00"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234,56 €", "1234.56"),
        ("1.234,56\N{NO-BREAK SPACE}€", "1234.56"),
        ("1.234,56€", "1234.56"),
        ("1.234", "1234.00"),
        ("  12,00  ", "12.00"),
        ("0", "0.00"),
        ("999.999.999,99", "999999999.99"),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: str) -> None:
    assert str(parse_money(text)) == amount


BAD_INPUT = [
    *("1.234,5", "-0", "1e9", "12,345", "NaN", "nan", "Infinity", "", " ", "€", "1,234.56", "1234.56", "12.34"),
    *("0.500", "1.23.456", "1..234", "1234,", ",50", "1 234,56", "+5", "-5", "5-", "5 € €", "12,5", "1_000"),
    *("9999999999999999999", "1000000000", "5 Euro", "½", "١٢", "１２"),
]


@pytest.mark.parametrize("text", BAD_INPUT)
def test_anything_else_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_money(text)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert sentence.startswith(("Bitte ", "Der Betrag ist zu hoch"))
    assert "ungültig" not in sentence


def test_a_signed_amount_takes_both_minus_signs_but_no_negative_zero() -> None:
    assert parse_money("-350,00", signed=True) == parse_money("\N{MINUS SIGN}350 €", signed=True) == Decimal(-350)
    for text in ("-0", "-0,00", "--5", "- 5", "-"):
        with pytest.raises(ValueError):
            parse_money(text, signed=True)


@given(amounts)
def test_what_we_write_we_can_read(amount: Decimal) -> None:
    assert parse_money(format_money(amount), signed=True) == amount


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        amount = parse_money(text)
    except ValueError:
        return
    assert 0 <= amount <= LIMIT


# Forms and pages


def test_a_model_form_reads_and_shows_the_german_format(purses: type[Purse]) -> None:
    form = PurseForm(data={"promised": "1.234,56", "limit": "1.300 €"})
    assert form.is_valid(), form.errors
    assert form.save().promised == Decimal("1234.56")
    shown = str(PurseForm(instance=Purse.objects.get())["promised"])
    assert 'value="1.234,56"' in shown
    assert 'type="text"' in shown
    assert 'inputmode="decimal"' in shown


def test_what_was_typed_stays_when_it_cannot_be_read() -> None:
    form = PurseForm(data={"promised": "1,234.56 <b>", "limit": ""})
    assert not form.is_valid()
    assert form.errors == {"promised": ["Bitte schreiben Sie den Betrag mit Komma, zum Beispiel 1.234,56."]}
    assert 'value="1,234.56 &lt;b&gt;"' in str(form["promised"])


def test_an_optional_amount_may_stay_blank_but_a_needed_one_may_not() -> None:
    assert MoneyFormField(required=False).clean(" ") is None
    assert MoneyFormField().clean(Decimal("5.00")) == Decimal("5.00")  # a value set in Python
    with pytest.raises(ValidationError):
        MoneyFormField().clean("")


def test_the_bounds_of_a_field_are_told_in_euros() -> None:
    field = MoneyFormField(min_value=Decimal("0.01"), max_value=Decimal(500))
    assert field.clean("500") == Decimal(500)
    for text, sentence in (("0", "mindestens 0,01"), ("500,01", "höchstens 500,00")):
        with pytest.raises(ValidationError, match=sentence):
            field.clean(text)


def test_the_form_sees_no_change_in_another_spelling() -> None:
    field = MoneyFormField()
    assert not field.has_changed(Decimal("1234.50"), "1.234,50 €")
    assert field.has_changed(Decimal("1234.50"), "1234,51")


def test_the_template_filter_says_that_there_is_no_amount() -> None:
    page = Template("{{ amount|money }}")
    assert page.render(Context({"amount": Decimal("1234.5")})) == "1.234,50\N{NO-BREAK SPACE}€"
    for context in ({}, {"amount": None}):
        assert ">kein Betrag</span>" in page.render(Context(context))
    with pytest.raises(TypeError):
        page.render(Context({"amount": 1.5}))
