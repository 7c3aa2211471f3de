"""Credit transfers as pain.001.001.09: bytes from plain data, no database, the same input gives the same bytes.

Limits and characters as the German banks (DK) take them. No address is written: inside the EEA it is optional.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from funding.law.periods import BERLIN, is_target_day, local_day
from funding.money import exact, format_money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_LENGTH, PURPOSE_LENGTH = 70, 140
_ID = re.compile(r"(?![/ ])(?!.*//)[A-Za-z0-9/?:().,'+ -]{1,35}(?<![/ ])")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_OUTSIDE = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})
_SPELLINGS = (
    "Ä=AE Ö=OE Ü=UE ä=ae ö=oe ü=ue ß=ss ẞ=SS &=+ Æ=AE Ø=OE Œ=OE æ=ae ø=oe œ=oe "
    "Ł=L ł=l Đ=D đ=d ı=i –=- —=- ‑=- ’=' ‘=' €=EUR"
)
_SPELLED = str.maketrans(dict(spelling.split("=") for spelling in _SPELLINGS.split()))


class SepaError(ValueError):
    """Something cannot stand in a payment file; `sentences` say what, for a person, without any IBAN."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, kw_only=True)
class Account:
    """A holder and the account. `bic` may be empty (IBAN only). The IBAN may contain spaces."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One credit transfer in euros. `end_to_end_id` stays the same on every export of this attempt."""

    end_to_end_id: str
    amount: Decimal
    payee: Account
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """One file: an aware `created_at`, a TARGET day `execute_on`, and one or more payments."""

    message_id: str
    created_at: datetime
    execute_on: date
    payer: Account
    payments: Sequence[Payment]

    @property
    def total(self) -> Decimal:
        return sum((exact(payment.amount) for payment in self.payments), Decimal("0.00"))


# Text


def clean_text(text: str, *, limit: int) -> str:
    """Return text in the SEPA character set, at most `limit` long: Ä becomes AE, & becomes +, é becomes e.

    Control characters go, what has no spelling becomes a dot (DK).
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    letters = unicodedata.normalize("NFKD", spaced.translate(_SPELLED))
    seen = "".join(letter for letter in letters if unicodedata.category(letter) not in _UNSEEN)
    return " ".join(_OUTSIDE.sub(".", seen).split())[:limit].rstrip()


def end_to_end_id(award: str, *, sequence: int, attempt: int = 1) -> str:
    """Return "<award>-<sequence>"; from the second attempt on (after a return) with "R2", "R3" behind it.

    Raises `SepaError` if that is longer than 35 characters or holds others than SEPA takes.
    """
    return _checked_id(f"{award}-{sequence}" + (f"R{attempt}" if attempt > 1 else ""))


def mask_iban(iban: str) -> str:
    """Return "DE** **** 0002": country and last four, for pages, mails and logs."""
    compact = iban.replace(" ", "")
    return f"{compact[:2]}** **** {compact[-4:]}" if len(compact) > 6 else "****"


def _checked_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise SepaError(_("Die Kennung „%(text)s“ passt nicht in eine SEPA-Datei.") % {"text": text})
    return text


def checked_iban(text: str) -> str:
    """Return the IBAN without spaces. Raises `SepaError` for a wrong one and for one outside SEPA."""
    try:
        iban = IBAN(text)
    except SchwiftyException as error:
        raise SepaError(_("Die IBAN stimmt nicht. Meist sind zwei Ziffern vertauscht.")) from error
    if not iban.in_sepa_zone:
        raise SepaError(_("Dieses Konto liegt außerhalb des SEPA-Raums. Bitte nennen Sie ein anderes."))
    return str(iban.compact)


def _checked_bic(text: str) -> str:
    bic = text.replace(" ", "").upper()
    if bic and not _BIC.fullmatch(bic):
        raise SepaError(_("Der BIC stimmt nicht. Er hat 8 oder 11 Zeichen."))
    return bic


def _checked_name(text: str) -> str:
    name = clean_text(text, limit=NAME_LENGTH)
    if not name.strip("."):
        raise SepaError(_("Der Name des Kontoinhabers fehlt oder besteht nur aus Zeichen, die SEPA nicht kennt."))
    return name


# Writing


def write(order: Order) -> bytes:
    """Return the file. Raises `SepaError` with one sentence for each payment that cannot stand in it."""
    _refuse_broken(order)
    document = _parse(f'<Document xmlns="{NAMESPACE}"/>'.encode())
    initiation = _add(document, "CstmrCdtTrfInitn")
    _write_header(initiation, order)
    _write_payments(initiation, order)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _refuse_broken(order: Order) -> None:
    _checked_id(order.message_id)
    if not order.payments:
        raise SepaError(_("Ein Zahlungslauf braucht mindestens eine Zahlung."))
    if not is_target_day(order.execute_on) or order.execute_on < local_day(order.created_at):
        raise SepaError(_("Der Ausführungstag muss ein künftiger Bankarbeitstag sein."))
    uses = Counter(payment.end_to_end_id for payment in order.payments)
    twice = [_("Die Zahlung %(id)s steht zweimal im Lauf.") % {"id": name} for name, count in uses.items() if count > 1]
    broken = [*twice, *(sentence for payment in order.payments for sentence in _findings(payment))]
    if broken:
        raise SepaError(*broken)


def _findings(payment: Payment) -> Iterator[str]:
    for check, text in (
        (_checked_id, payment.end_to_end_id),
        (_checked_name, payment.payee.name),
        (checked_iban, payment.payee.iban),
        (_checked_bic, payment.payee.bic),
    ):
        try:
            check(text)
        except SepaError as error:
            yield f"{payment.end_to_end_id}: {error}"
    if exact(payment.amount) <= 0:
        amount = format_money(payment.amount)
        yield _("%(id)s: %(amount)s kann man nicht überweisen.") % {"id": payment.end_to_end_id, "amount": amount}


def _add(parent: etree._Element, path: str, text: str = "") -> etree._Element:
    for tag in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    if text:
        parent.text = text
    return parent


def _write_header(initiation: etree._Element, order: Order) -> None:
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", order.message_id)
    _add(header, "CreDtTm", order.created_at.astimezone(BERLIN).isoformat(timespec="seconds"))
    _write_sums(header, order)
    _add(header, "InitgPty/Nm", _checked_name(order.payer.name))


def _write_sums(parent: etree._Element, order: Order) -> None:
    _add(parent, "NbOfTxs", str(len(order.payments)))
    _add(parent, "CtrlSum", str(order.total))


def _write_payments(initiation: etree._Element, order: Order) -> None:
    block = _add(initiation, "PmtInf")
    _add(block, "PmtInfId", order.message_id)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")  # one booking each, so that the statement names every EndToEndId
    _write_sums(block, order)
    _add(block, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(block, "ReqdExctnDt/Dt", order.execute_on.isoformat())
    _add(block, "Dbtr/Nm", _checked_name(order.payer.name))
    _add(block, "DbtrAcct/Id/IBAN", checked_iban(order.payer.iban))
    bank = _add(block, "DbtrAgt/FinInstnId")
    bic = _checked_bic(order.payer.bic)
    _add(bank, "BICFI" if bic else "Othr/Id", bic or "NOTPROVIDED")
    _add(block, "ChrgBr", "SLEV")
    for payment in order.payments:
        _write_payment(block, payment)


def _write_payment(block: etree._Element, payment: Payment) -> None:
    transfer = _add(block, "CdtTrfTxInf")
    _add(transfer, "PmtId/EndToEndId", payment.end_to_end_id)
    _add(transfer, "Amt/InstdAmt", str(exact(payment.amount))).set("Ccy", "EUR")
    if bic := _checked_bic(payment.payee.bic):
        _add(transfer, "CdtrAgt/FinInstnId/BICFI", bic)
    _add(transfer, "Cdtr/Nm", _checked_name(payment.payee.name))
    _add(transfer, "CdtrAcct/Id/IBAN", checked_iban(payment.payee.iban))
    if purpose := clean_text(payment.purpose, limit=PURPOSE_LENGTH):
        _add(transfer, "RmtInf/Ustrd", purpose)


# Checking


def validate(data: bytes) -> None:
    """Raise `SepaError` with a sentence for each finding: the XSD of pain.001.001.09, then the rules beside it."""
    try:
        document = _parse(data)
    except etree.XMLSyntaxError as error:
        raise SepaError(_("Die Datei ist kein lesbares XML.")) from error
    findings = [*_against_schema(document)] or [*_beside_schema(document)]
    if findings:
        raise SepaError(*findings)


@cache
def _schema_text() -> bytes:
    return (files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()


def _against_schema(document: etree._Element) -> Iterator[str]:
    # A schema object of its own: its error log is not made for several threads.
    schema = etree.XMLSchema(_parse(_schema_text()))
    schema.validate(document)
    log: Any = schema.error_log
    for entry in log:
        # The message of lxml quotes the value, which may be an IBAN: name only the place.
        places: Any = document.xpath(entry.path) if entry.path else [document]
        yield _("Zeile %(line)s: Das Feld %(field)s fehlt, ist falsch gefüllt oder steht am falschen Platz.") % {
            "line": entry.line,
            "field": etree.QName(places[0]).localname,
        }


def _beside_schema(document: etree._Element) -> Iterator[str]:
    yield from _wrong_sums(document)
    yield from _wrong_texts(document)
    ids = [node.text for node in _all(document, "EndToEndId")]
    if len(ids) != len(set(ids)):
        yield _("Eine EndToEndId steht zweimal in der Datei.")
    for address in _all(document, "PstlAdr"):
        if _all(address, "AdrLine") and not (_all(address, "TwnNm") and _all(address, "Ctry")):
            yield _("Zeile %(line)s: Eine Adresse braucht Ort und Land.") % {"line": address.sourceline}


def _wrong_sums(document: etree._Element) -> Iterator[str]:
    amounts = [_number(node) for node in _all(document, "InstdAmt")]
    for name, expected in (("NbOfTxs", Decimal(len(amounts))), ("CtrlSum", sum(amounts, Decimal(0)))):
        for node in _all(document, name):
            if _number(node) != expected:
                yield _("Zeile %(line)s: %(field)s stimmt nicht mit den Zahlungen überein.") % {
                    "line": node.sourceline,
                    "field": name,
                }


def _wrong_texts(document: etree._Element) -> Iterator[str]:
    for name, limit in (("Nm", NAME_LENGTH), ("Ustrd", PURPOSE_LENGTH)):
        for node in _all(document, name):
            if clean_text(node.text or "", limit=limit) != node.text:
                yield _("Zeile %(line)s: %(field)s ist zu lang oder hat Zeichen, die SEPA nicht kennt.") % {
                    "line": node.sourceline,
                    "field": name,
                }


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(data, parser)


def _number(node: etree._Element) -> Decimal:
    return Decimal(node.text or 0)


def _all(node: etree._Element, name: str) -> list[etree._Element]:
    return node.findall(f".//{{{NAMESPACE}}}{name}")
