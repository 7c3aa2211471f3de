"""The payment file: what a bank refuses never leaves the house, and the same run gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from funding.sepa import (
    NAMESPACE,
    Account,
    Order,
    Payment,
    SepaError,
    checked_iban,
    clean_text,
    end_to_end_id,
    mask_iban,
    validate,
    write,
)

COUNTY = Account(name="Landkreis Wittmund", iban="DE43 9999 9999 0001 0000 01", bic="GENODEF1XXX")
CLUB = Account(name="Brückenbauer Harlingerland e. V.", iban="DE16999999990001000002")
PURPOSE = "Zuwendung INT-2026-0007 Rate 1 Bescheid 12.03.2026"
PAYMENT = Payment(end_to_end_id="INT-2026-0007-1", amount=Decimal("1840.00"), payee=CLUB, purpose=PURPOSE)
ORDER = Order(
    message_id="ZL-2026-0004",
    created_at=datetime(2026, 3, 20, 9, 30, tzinfo=UTC),
    execute_on=date(2026, 3, 23),
    payer=COUNTY,
    payments=[PAYMENT],
)


def with_payment(**changes: object) -> Order:
    return replace(ORDER, payments=[replace(PAYMENT, **changes)])  # type: ignore[arg-type]


def texts(data: bytes, path: str) -> list[str | None]:
    steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))
    return [node.text for node in etree.fromstring(data).findall(f".//{steps}")]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("GrpHdr/MsgId", "ZL-2026-0004"),
        ("GrpHdr/CreDtTm", "2026-03-20T10:30:00+01:00"),
        ("GrpHdr/NbOfTxs", "1"),
        ("GrpHdr/CtrlSum", "1840.00"),
        ("GrpHdr/InitgPty/Nm", "Landkreis Wittmund"),
        ("PmtInf/PmtInfId", "ZL-2026-0004"),
        ("PmtInf/PmtMtd", "TRF"),
        ("PmtInf/NbOfTxs", "1"),
        ("PmtInf/CtrlSum", "1840.00"),
        ("PmtInf/PmtTpInf/SvcLvl/Cd", "SEPA"),
        ("PmtInf/ReqdExctnDt/Dt", "2026-03-23"),
        ("PmtInf/DbtrAcct/Id/IBAN", "DE43999999990001000001"),
        ("PmtInf/DbtrAgt/FinInstnId/BICFI", "GENODEF1XXX"),
        ("PmtInf/ChrgBr", "SLEV"),
        ("CdtTrfTxInf/PmtId/EndToEndId", "INT-2026-0007-1"),
        ("CdtTrfTxInf/Amt/InstdAmt", "1840.00"),
        ("CdtTrfTxInf/Cdtr/Nm", "Brueckenbauer Harlingerland e. V."),
        ("CdtTrfTxInf/CdtrAcct/Id/IBAN", "DE16999999990001000002"),
        ("CdtTrfTxInf/RmtInf/Ustrd", PURPOSE),
    ],
)
def test_each_field_of_the_file(path: str, content: str) -> None:
    data = write(ORDER)
    validate(data)
    assert texts(data, path) == [content]


def test_the_same_order_gives_the_same_bytes_without_bom_or_address() -> None:
    data = write(ORDER)
    assert data == write(ORDER)
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"PstlAdr" not in data
    assert b'Ccy="EUR"' in data


def test_without_a_bic_the_payers_bank_is_not_provided_and_the_payees_left_out() -> None:
    data = write(replace(ORDER, payer=replace(COUNTY, bic="")))
    validate(data)
    assert texts(data, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert b"CdtrAgt" not in data
    with_bic = write(with_payment(payee=replace(CLUB, bic="genodef1xxx")))
    validate(with_bic)
    assert texts(with_bic, "CdtrAgt/FinInstnId/BICFI") == ["GENODEF1XXX"]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Äpfel & Öl für Süße", "AEpfel + OEl fuer Suesse"),
        ("GROẞ", "GROSS"),
        ("A\u0308", "AE"),  # two code points, one letter
        ("Çelik Şahin Kołodziej Đorđe René", "Celik Sahin Kolodziej Dorde Rene"),
        ("  Verein \t\n Nord  ", "Verein Nord"),
        ("a\x00b\u200bc\x07", "abc"),
        ("<b>„Hallo“ @ 5 %</b>", ".b..Hallo. . 5 ../b."),
        ("بيت", "..."),
        ("Straße 1–3, Rock’n’Roll", "Strasse 1-3, Rock'n'Roll"),
        ("5 €", "5 EUR"),
    ],
)
def test_text_in_the_characters_of_sepa(text: str, cleaned: str) -> None:
    assert clean_text(text, limit=70) == cleaned


def test_long_text_is_cut_after_it_is_spelled_out() -> None:
    assert clean_text("ü" * 70, limit=70) == "ue" * 35
    assert clean_text("a" * 69 + " b", limit=70) == "a" * 69
    data = write(with_payment(payee=replace(CLUB, name="ß" * 99), purpose="Zuwendung " * 30))
    validate(data)
    assert len(str(texts(data, "Cdtr/Nm")[0])) == 70
    assert len(str(texts(data, "RmtInf/Ustrd")[0])) <= 140


def test_a_payment_without_a_purpose_is_valid() -> None:
    validate(write(with_payment(purpose=" ")))


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (replace(ORDER, payments=[]), "mindestens eine Zahlung"),
        (replace(ORDER, message_id="x" * 36), "Kennung"),
        (replace(ORDER, message_id=""), "Kennung"),
        (replace(ORDER, message_id="/ZL"), "Kennung"),
        (replace(ORDER, message_id="Z//L"), "Kennung"),
        (replace(ORDER, message_id="ZL/"), "Kennung"),
        (replace(ORDER, message_id="Lauf ü"), "Kennung"),
        (replace(ORDER, message_id="ZL\n"), "Kennung"),
        (replace(ORDER, execute_on=date(2026, 3, 21)), "Bankarbeitstag"),
        (replace(ORDER, execute_on=date(2026, 3, 19)), "Bankarbeitstag"),
        (replace(ORDER, execute_on=date(2026, 4, 3)), "Bankarbeitstag"),
        (replace(ORDER, payments=[PAYMENT, PAYMENT]), "INT-2026-0007-1 steht zweimal"),
        (with_payment(amount=Decimal("0.00")), "kann man nicht überweisen"),
        (with_payment(amount=Decimal("-1.00")), "kann man nicht überweisen"),
        (with_payment(payee=replace(CLUB, name=" \x00")), "INT-2026-0007-1: Der Name"),
        (with_payment(payee=replace(CLUB, name="日本")), "Der Name"),
        (with_payment(payee=replace(CLUB, iban="DE44999999990001000001")), "IBAN stimmt nicht"),
        (with_payment(payee=replace(CLUB, bic="ABC")), "BIC"),
        (replace(ORDER, payer=replace(COUNTY, iban="")), "IBAN stimmt nicht"),
    ],
)
def test_what_cannot_stand_in_a_file_is_a_sentence(order: Order, sentence: str) -> None:
    with pytest.raises(SepaError, match=sentence):
        write(order)


@pytest.mark.parametrize("amount", [Decimal("0.005"), Decimal("1000000000.00"), Decimal("NaN")])
def test_amounts_that_are_no_money_are_refused(amount: Decimal) -> None:
    with pytest.raises(ValueError):
        write(with_payment(amount=amount))


def test_all_broken_payments_are_named_at_once_and_no_iban_is() -> None:
    broken = [
        replace(PAYMENT, end_to_end_id=f"INT-{number}", payee=replace(CLUB, iban="DE44999999990001000001", bic="?"))
        for number in (1, 2)
    ]
    with pytest.raises(SepaError) as error:
        write(replace(ORDER, payments=broken))
    assert [sentence.partition(":")[0] for sentence in error.value.sentences] == ["INT-1", "INT-1", "INT-2", "INT-2"]
    assert "9999" not in str(error.value)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write(replace(ORDER, created_at=datetime(2026, 3, 20)))


@pytest.mark.parametrize("iban", ["AT611904300234573201", "NL91ABNA0417164300", "FR1420041010050500013M02606"])
def test_foreign_accounts_inside_sepa_are_fine(iban: str) -> None:
    assert checked_iban(iban) == iban
    validate(write(with_payment(payee=replace(CLUB, iban=iban))))


def test_accounts_outside_sepa_are_refused() -> None:
    with pytest.raises(SepaError, match="außerhalb"):
        checked_iban("TR330006100519786457841326")


def test_end_to_end_ids_are_stable_and_a_return_gets_a_suffix() -> None:
    assert end_to_end_id("INT-2026-0007", sequence=2) == "INT-2026-0007-2"
    assert end_to_end_id("INT-2026-0007", sequence=2, attempt=2) == "INT-2026-0007-2R2"
    with pytest.raises(SepaError):
        end_to_end_id("X" * 34, sequence=1)


def test_an_iban_is_masked_but_for_country_and_end() -> None:
    assert mask_iban("DE16 9999 9999 0001 0000 02") == "DE** **** 0002"
    assert mask_iban("DE1602") == "****"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=300))
def test_any_name_gives_a_valid_file_or_a_sentence(name: str, purpose: str) -> None:
    order = with_payment(payee=replace(CLUB, name=name), purpose=purpose)
    try:
        data = write(order)
    except SepaError:
        assert not clean_text(name, limit=70).strip(".")  # nothing that a bank could print
        return
    validate(data)


@given(st.text(max_size=300), st.integers(1, 140))
def test_cleaned_text_is_short_ascii_and_stays_the_same_when_cleaned_again(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit=limit)
    assert len(cleaned) <= limit
    assert cleaned.isascii()
    assert clean_text(cleaned, limit=limit) == cleaned


def test_a_thousand_payments_are_one_valid_file_to_the_cent() -> None:
    many = [
        replace(PAYMENT, end_to_end_id=f"INT-2026-{number:04}-1", amount=Decimal(number) / 100)
        for number in range(1, 1001)
    ]
    data = write(replace(ORDER, payments=many))
    validate(data)
    assert texts(data, "GrpHdr/NbOfTxs") == ["1000"]
    assert texts(data, "GrpHdr/CtrlSum") == texts(data, "PmtInf/CtrlSum") == ["5005.00"]


ADDRESS = b"<PstlAdr>%s</PstlAdr></Dbtr>"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"<NbOfTxs>1<", b"<NbOfTxs>2<", "NbOfTxs stimmt nicht"),
        (b"<CtrlSum>1840.00<", b"<CtrlSum>1840.01<", "CtrlSum stimmt nicht"),
        (b">DE16999999990001000002<", b">16999999990001000002<", "Feld IBAN"),
        (b"<PmtMtd>TRF</PmtMtd>", b"", "Feld BtchBookg"),
        (b"pain.001.001.09", b"pain.001.001.03", "Zeile 2"),
        (b"</Dbtr>", ADDRESS % b"<AdrLine>Am Markt 9</AdrLine>", "Ort und Land"),
        (b"</Dbtr>", ADDRESS % b"<TwnNm>Wittmund</TwnNm><AdrLine>Am Markt 9</AdrLine>", "Ort und Land"),
        (b">Brueckenbauer ", ">Brücken ".encode(), "Nm ist zu lang oder hat Zeichen"),
        (b">Brueckenbauer ", b">" + b"x" * 71, "Nm ist zu lang"),
        (b"</Document>", b"", "kein lesbares XML"),
    ],
)
def test_a_file_that_was_tampered_with_fails(old: bytes, new: bytes, sentence: str) -> None:
    data = write(ORDER)
    assert old in data
    with pytest.raises(SepaError, match=sentence) as error:
        validate(data.replace(old, new))
    assert "9999" not in str(error.value)


def test_a_structured_address_is_valid() -> None:
    address = ADDRESS % b"<TwnNm>Wittmund</TwnNm><Ctry>DE</Ctry><AdrLine>Am Markt 9</AdrLine>"
    validate(write(ORDER).replace(b"</Dbtr>", address))


def test_a_file_cannot_make_the_reader_fetch_or_swell() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    with pytest.raises(SepaError):
        validate(bomb)


def test_an_end_to_end_id_that_stands_twice_is_found() -> None:
    second = replace(PAYMENT, end_to_end_id="INT-2026-0007-2", amount=Decimal("1.00"))
    data = write(replace(ORDER, payments=[PAYMENT, second]))
    with pytest.raises(SepaError, match="zweimal"):
        validate(data.replace(b"INT-2026-0007-2", b"INT-2026-0007-1"))


def test_a_file_can_be_written_for_the_same_day() -> None:
    assert write(replace(ORDER, execute_on=date(2026, 3, 20)))
    late = datetime(2026, 3, 22, 23, 30, tzinfo=UTC)  # already Monday in Berlin
    assert write(replace(ORDER, created_at=late, execute_on=late.date() + timedelta(days=1)))
