"""The documents that the office sends: award notice, rejection notice, receipt. Pure: data and moment in, PDF out.

Each dataclass below is the whole content of one document. ``payload`` gives its JSON, which is stored, hashed and
attached to the PDF; ``restore`` makes the dataclass from it again. Amounts are ``Decimal`` in euros, in JSON texts
with a point ("1500.00"); days are ISO dates; quotas are exact fractions ("3/5"). All texts are plain texts: line
breaks count, markup does not. The documents are German, for that is the official language.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from funding.law.grants import Financing
from funding.money import format_money
from workflow.plain_data import plain, restored
from workflow.typeset import canonical, day, day_with_weekday, file_size, quota, shown, typeset

ZERO = Decimal("0.00")


class Payment(StrEnum):
    """When the money flows: after the proof, at once on request, or in instalments. The programme's own words."""

    REIMBURSEMENT = "reimbursement"
    ADVANCE = "advance"
    INSTALMENTS = "instalments"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """The sending office, from its dated settings on the day of the document."""

    county: str
    """"Landkreis Wittmund": the authority that acts (§ 37 (3) VwVfG)."""
    office: str
    street: str
    town: str
    """Postcode and town."""
    phone: str
    email: str
    website: str = ""
    court: str = ""
    """Name and address, as they follow "beim": "Verwaltungsgericht Oldenburg, Schloßplatz 10, 26122 Oldenburg"."""
    remedy_instruction: str = (
        "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim {court}, erhoben werden."
    )
    """Rechtsbehelfsbelehrung; ``{court}`` is replaced. A wrong one opens a year (§ 58 (2) VwGO)."""
    signed_for: str = "Im Auftrag"
    signatory: str = ""
    """Whose name stands under a notice after "gez." (§ 37 (3) VwVfG); a receipt bears the contact's instead."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The person who answers questions; printed beside the address."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """To whom the document is directed. For a natural person ``representative`` stays empty."""

    name: str
    representative: str = ""
    """Who acts for the legal person: "Mina Muster"."""
    capacity: str = "vertreten durch"
    """The words before the representative: "vertreten durch den Vorstand"."""
    street: str
    town: str


@dataclass(frozen=True, kw_only=True)
class Expense:
    """One line of the finance plan, left side."""

    label: str
    amount: Decimal
    eligible: Decimal
    """What of it counts for the grant, 0 ≤ eligible ≤ amount."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One line of the finance plan, right side. The county's grant is NOT listed: the document adds it itself."""

    label: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A side condition of this award alone (§ 36 VwVfG), beside those that every notice has."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Instalment:
    amount: Decimal
    when: str
    """"nach Bestandskraft", "nach Prüfung des Verwendungsnachweises"."""


@dataclass(frozen=True, kw_only=True)
class YearShare:
    """What of the grant falls on a later budget year and so stands under the budget proviso."""

    year: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class AwardNotice:
    """Zuwendungsbescheid, with all that the law and the guideline ask for. Raises ``ValueError`` on contradiction."""

    letterhead: Letterhead
    contact: Contact
    addressee: Addressee
    reference: str
    """Aktenzeichen."""
    version: int = 1
    notice_on: date
    """The date of the letter; not the day of notification."""
    programme: str
    legal_basis: str
    """The guideline with its date: "Richtlinie … vom 12.03.2024"."""
    title: str
    applied_on: date
    purpose: str
    project_from: date
    project_to: date
    earliest_start: date | None = None
    """Set if an early start was consented to; otherwise contracts count from the notification on."""
    requested: Decimal
    amount: Decimal
    """The maximum; provisional until the final notice."""
    reasons: tuple[str, ...] = ()
    """Why less than requested (§ 39 VwVfG): then at least one."""
    resolution: str = ""
    """Full sentence on the body's resolution, if one was needed."""
    financing: Financing
    rate: Fraction | None = None
    """SHARE: the effective rate that settlement will use; empty = amount / eligible cost."""
    fixed_basis: str = ""
    """FIXED by units: "30 Treffen zu je 50,00 €"."""
    expenses: tuple[Expense, ...]
    sources: tuple[Source, ...]
    line_tolerance: int = 20
    """By how many per cent one line may be exceeded if another saves it."""
    payment: Payment
    payable_when_final: bool = True
    """False: the programme pays on notification already."""
    instalments: tuple[Instalment, ...] = ()
    use_within_weeks: int = 6
    """An advance is to be used within so many weeks."""
    account: str = ""
    """Masked: "DE** **** 0002"."""
    conditions: tuple[Condition, ...] = ()
    report_due_on: date
    report_due_is_fixed: bool = False
    """True points to § 31 (3) sentence 2: the day then does not move when it falls on a Sunday or holiday."""
    voucher_list: bool = True
    """False: simple proof; vouchers are kept, not handed in."""
    publicity: str = (
        "Weisen Sie in Veröffentlichungen, auf Plakaten und im Internet auf die Förderung durch uns hin. "
        "Verwenden Sie dabei unser Logo; wir stellen es Ihnen bereit."
    )
    retention_years: int = 5
    clawback_threshold: Decimal = ZERO
    """Below it nothing is claimed back; 0 leaves the sentence out."""
    later_years: tuple[YearShare, ...] = ()
    de_minimis_on: date | None = None
    """The day of granting if this is de-minimis aid under Regulation (EU) 2023/2831; else empty."""
    enclosures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.amount < self.requested and not self.reasons:
            raise ValueError("a reduced award needs its reasons (§ 39 VwVfG)")
        if self.sources_total > self.expenses_total or self.amount > self.eligible_cost:
            raise ValueError("the award would pay more than the plan's eligible cost needs")
        if self.project_to < self.project_from:
            raise ValueError("the project ends before it begins")

    @property
    def expenses_total(self) -> Decimal:
        return sum((line.amount for line in self.expenses), ZERO)

    @property
    def eligible_cost(self) -> Decimal:
        return sum((line.eligible for line in self.expenses), ZERO)

    @property
    def sources_total(self) -> Decimal:
        """All cover, the grant included."""
        return sum((line.amount for line in self.sources), self.amount)

    @property
    def effective_rate(self) -> Fraction:
        return self.rate or Fraction(self.amount) / (Fraction(self.eligible_cost) or 1)


@dataclass(frozen=True, kw_only=True)
class RejectionNotice:
    """Ablehnungsbescheid. Raises ``ValueError`` without reasons (§ 39 VwVfG)."""

    letterhead: Letterhead
    contact: Contact
    addressee: Addressee
    reference: str
    version: int = 1
    notice_on: date
    programme: str
    legal_basis: str
    title: str
    applied_on: date
    requested: Decimal
    reasons: tuple[str, ...]
    """Sentences about the rule and the project, never about the person."""
    resolution: str = ""
    advice: tuple[str, ...] = ()
    """What is possible now: "Die nächste Runde beginnt am 01.02.2027."."""

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a rejection needs its reasons (§ 39 VwVfG)")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file that came with the application."""

    name: str
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Eingangsbestätigung: what arrived, when, with which fingerprint. It promises nothing (§ 38 VwVfG)."""

    letterhead: Letterhead
    contact: Contact
    addressee: Addressee
    reference: str
    received_at: datetime
    """Aware; printed to the minute in German time."""
    programme: str
    title: str
    requested: Decimal
    documents: tuple[Document, ...] = ()
    revision: int = 1
    revision_sha256: str
    """Hash of the frozen revision."""
    next_steps: tuple[str, ...] = (
        "Wir prüfen, ob alles da ist. Fehlt etwas, melden wir uns und nennen eine Frist.",
        "Dann prüfen wir Ihr Projekt fachlich. Wo ein Gremium mitentscheidet, legen wir ihm Ihren Antrag vor.",
        "Über das Ergebnis erhalten Sie einen schriftlichen Bescheid.",
    )

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must be aware")


Letter = AwardNotice | RejectionNotice | Receipt


def payload(data: Letter) -> dict[str, Any]:
    """The document's data as JSON values, with its kind; what is stored, hashed and attached."""
    return {"kind": type(data).__name__, "schema": 1, **plain(data)}


def restore(stored: dict[str, Any]) -> Letter:
    """The document again from ``payload``. Raises ``ValueError`` for a kind or schema that is not known."""
    kinds: dict[str, type[Letter]] = {kind.__name__: kind for kind in (AwardNotice, RejectionNotice, Receipt)}
    if stored.get("kind") not in kinds or stored.get("schema") != 1:
        raise ValueError("unknown kind or schema of a stored document")
    return restored(stored, kinds[stored["kind"]])


def payload_sha256(data: Letter) -> str:
    """Fingerprint of the data, in hexadecimal."""
    return sha256(canonical(payload(data)).encode())


def sha256(pdf: bytes) -> str:
    """Fingerprint of a file, in hexadecimal."""
    return hashlib.sha256(pdf).hexdigest()


def _letterhead(data: Letterhead) -> dict[str, Any]:
    instruction = data.remedy_instruction.replace("{court}", data.court)
    view: dict[str, Any] = shown(replace(data, remedy_instruction=instruction))
    return view


def render_notice(data: AwardNotice, *, at: datetime) -> bytes:
    """The award notice as PDF/A-3a and PDF/UA-1. ``at`` (aware) goes into the metadata only."""
    gap = data.expenses_total - data.sources_total
    view = shown(data) | {
        "letterhead": _letterhead(data.letterhead),
        "is_partial": data.amount < data.requested,
        "rate": quota(data.effective_rate),
        "expenses_total": format_money(data.expenses_total),
        "eligible_cost": format_money(data.eligible_cost),
        "gap": format_money(gap) if gap else None,
        "report_due_on": day_with_weekday(data.report_due_on),
        "clawback_threshold": format_money(data.clawback_threshold) if data.clawback_threshold else None,
    }
    return typeset("award_notice", view=view, payload=payload(data), at=at)


def render_rejection(data: RejectionNotice, *, at: datetime) -> bytes:
    """The rejection notice, as ``render_notice``."""
    view = shown(data) | {"letterhead": _letterhead(data.letterhead)}
    return typeset("rejection_notice", view=view, payload=payload(data), at=at)


def render_receipt(data: Receipt, *, at: datetime) -> bytes:
    """The receipt, as ``render_notice``."""
    documents = [shown(document) | {"size": file_size(document.size)} for document in data.documents]
    view = shown(data) | {"notice_on": day(data.received_at), "documents": documents}
    return typeset("receipt", view=view, payload=payload(data), at=at)
