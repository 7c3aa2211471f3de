"""The receipt: what came in, when, under which number. Nobody signs it, so it is made when it is first wanted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import localdate

from applications.models import Revision
from workflow import notices
from workflow.documents import Addressee, Receipt, payload, render_receipt, sha256
from workflow.documents import Document as Paper
from workflow.models import Case, Document


def receipt_for(case: Case, at: datetime) -> Document:
    """The receipt of a case; made once, from the frozen revision that was handed in, and the same ever after."""
    existing = case.documents.filter(kind=Document.Kind.RECEIPT, number=1).first()
    if existing is not None:
        return existing
    with translation.override("de"):
        data = _content(case)
        pdf = render_receipt(data, at=case.received_at)
    try:
        with transaction.atomic():
            return Document.objects.create(
                case=case,
                kind=Document.Kind.RECEIPT,
                number=1,
                content=payload(data),
                pdf=pdf,
                sha256=sha256(pdf),
                subject_version=case.version,
                rendered_at=at,
                sent_on=localdate(case.received_at),
            )
    except IntegrityError:
        return case.documents.get(kind=Document.Kind.RECEIPT, number=1)


def _content(case: Case) -> Receipt:
    revision = case.application.revisions.get(number=1)
    return Receipt(
        letterhead=notices.letterhead(on=localdate(case.received_at), signatory=case.programme.contact_name),
        contact=notices.contact_of(case.programme),
        addressee=_addressee(revision.content["organisation"]),
        reference=case.reference,
        received_at=case.received_at,
        programme=f"„{case.programme.title}“",
        title=revision.content["title"],
        requested=_requested(revision),
        documents=tuple(
            Paper(name=file["name"], sha256=file["sha256"], size=file["size"]) for file in revision.content["documents"]
        ),
        revision=revision.number,
        revision_sha256=revision.sha256,
    )


def _addressee(organisation: dict[str, Any]) -> Addressee:
    is_person = organisation["kind"] == "natural_person"
    return Addressee(
        name=organisation["name"],
        representative="" if is_person else organisation["representative"],
        street=organisation["street"],
        town=f"{organisation['postcode']} {organisation['town']}".strip(),
    )


def _requested(revision: Revision) -> Decimal:
    return sum(
        (Decimal(line["amount"]) for line in revision.content["sources"] if line["kind"] == "county_grant"),
        Decimal("0.00"),
    )
