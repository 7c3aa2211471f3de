"""What is done with an application below the office: begun, frozen, opened and closed for writing."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from applications import questions
from applications.models import Application, Membership, Organisation, Revision, SourceLine
from funding.law.grants import FundingSourceKind
from funding.models import Round
from journal.actors import Actor


def begin(
    call: Round, organisation: Organisation, *, actor: Actor, at: datetime, is_paper: bool = False
) -> Application:
    """A new draft, with the line for the county's grant that every plan has. On paper the office writes, but is not asked."""
    with transaction.atomic():
        application = Application.objects.create(
            round=call,
            organisation=organisation,
            municipality=organisation.municipality,
            contact_name="" if is_paper else actor.name,
            contact_phone=organisation.phone,
            question_set=questions.newest(call.programme),
            is_paper=is_paper,
            created_at=at,
            updated_at=at,
            updated_by=actor.key,
        )
        SourceLine.objects.create(
            application=application,
            kind=FundingSourceKind.COUNTY_GRANT,
            status=SourceLine.Status.APPLIED,
            position=100,
        )
        return application


def requested_amount(application: Application) -> Decimal:
    lines = (line for line in application.sources.all() if line.kind == FundingSourceKind.COUNTY_GRANT)
    line = next(lines, None)
    return line.amount if line else Decimal("0.00")


def freeze(application: Application, *, actor: Actor, at: datetime) -> Revision:
    """Adds an immutable revision of what stands there now; its hash goes on the receipt."""
    content = snapshot(application)
    last = application.revisions.aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        application=application,
        number=last + 1,
        content=content,
        sha256=digest(content),
        frozen_at=at,
        frozen_by=actor.key,
    )


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot(application: Application) -> dict[str, Any]:
    """Everything the association has written, as plain JSON values."""
    return {
        "organisation": _organisation(application.organisation),
        "programme": application.round.programme.title,
        "round": application.round.title,
        **{name: str(getattr(application, name) or "") for name in _TEXTS},
        "municipality": str(application.municipality or ""),
        "measure": str(application.measure or ""),
        "goals": [str(goal) for goal in application.goals.all()],
        "costs": [
            {
                "category": line.category,
                "description": line.description,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "amount": str(line.amount),
            }
            for line in application.costs.all()
        ],
        "sources": [
            {"kind": line.kind, "description": line.description, "status": line.status, "amount": str(line.amount)}
            for line in application.sources.all()
        ],
        "documents": [
            {"kind": file.kind, "name": file.name, "size": file.size, "sha256": file.sha256}
            for file in application.attachments.all()
            if file.removed_at is None
        ],
        "questions": _answers(application),
        "declarations": sorted(application.declarations),
        "declared_by": application.declared_by,
        "wants_portal": application.wants_portal,
    }


def _answers(application: Application) -> list[dict[str, str]]:
    answered = questions.answered(application, requested=requested_amount(application))
    return [{"question": question, "answer": answer} for question, answer in answered]


_TEXTS = (
    "title", "summary", "place", "contact_name", "contact_phone", "target_group", "expected_people", "starts_on",
    "ends_on",
)  # fmt: skip


def _organisation(organisation: Organisation) -> dict[str, str]:
    return {
        name: str(getattr(organisation, name) or "")
        for name in ("kind", "name", "representative", "street", "postcode", "town", "phone", "iban", "account_holder")
    }


def lock(application: Application) -> None:
    """Closes the application for writing."""
    Application.objects.filter(pk=application.pk).update(is_editable=False, open_sections=[])
    application.is_editable, application.open_sections = False, []


def hand_in(application: Application, *, reference: str, at: datetime) -> None:
    """Gives it its file reference and closes it for writing."""
    Application.objects.filter(pk=application.pk).update(
        reference=reference, filed_at=at, is_editable=False, open_sections=[]
    )
    application.reference, application.filed_at = reference, at
    application.is_editable, application.open_sections = False, []


def open_sections(application: Application, sections: list[str]) -> None:
    """Only these sections may be changed, until `lock`."""
    Application.objects.filter(pk=application.pk).update(is_editable=True, open_sections=sections)
    application.is_editable, application.open_sections = True, sections


def organisations_of(actor: Actor) -> list[Organisation]:
    if actor.key is None:
        return []
    return list(Organisation.objects.filter(memberships__user__key=actor.key).distinct())


def membership_of(organisation_id: int, actor: Actor) -> Membership | None:
    if actor.key is None:
        return None
    return Membership.objects.filter(organisation_id=organisation_id, user__key=actor.key).first()
