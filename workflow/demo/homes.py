"""What associations of the demo keep with us: papers with their days, a new account that waits, somebody invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from applications import account, invitations, vault
from applications.models import Organisation, OrganisationDocument
from journal.actors import Actor
from workflow.demo.facts import moment
from workflow.demo.walk import PDF

Kind = OrganisationDocument.Kind
NEW_ACCOUNT = ("person", "DE91999999990001000010", "Kontoauszug.pdf")
"""Nothing of hers is being paid just now, so the pause harms nobody."""
INVITED = ("cafe", "hilke.neuling@demo.example")
RIGHTS = {"may_edit": True, "may_file": False, "is_admin": False}


@dataclass(frozen=True)
class Paper:
    """`lasts` are days from today; None never lapses."""

    club: str
    kind: str
    name: str
    days_ago: int
    lasts: int | None = None


PAPERS: tuple[Paper, ...] = (
    Paper("cafe", Kind.STATUTES, "Satzung 2021.pdf", 640),
    Paper("cafe", Kind.EXEMPTION, "Freistellungsbescheid.pdf", 640, lasts=24),
    Paper("cafe", Kind.REGISTER, "Registerauszug.pdf", 300, lasts=430),
    Paper("bridge", Kind.STATUTES, "Satzung.pdf", 610),
    Paper("bridge", Kind.POWER, "Vollmacht des Vorstands.pdf", 330, lasts=400),
    Paper("neighbours", Kind.STATUTES, "Satzung der Nachbarschaftshilfe.pdf", 590),
    Paper("neighbours", Kind.EXEMPTION, "Freistellungsbescheid.pdf", 590, lasts=505),
    Paper("sport", Kind.STATUTES, "Vereinssatzung.pdf", 420),
    Paper("sport", Kind.EXEMPTION, "Freistellungsbescheid Sport.pdf", 420, lasts=-12),
    Paper("school", Kind.STATUTES, "Satzung des Fördervereins.pdf", 400),
)
"""One lapses soon, one has lapsed, the others hold."""


def furnish(clubs: Mapping[str, Organisation], members: Mapping[str, Actor], *, now: datetime) -> None:
    """Through the product's own doors, each on the evening on which somebody would have done it."""
    today = localdate(now)
    for paper in sorted(PAPERS, key=lambda paper: -paper.days_ago):
        _keep(paper, clubs[paper.club], members[paper.club], today)
    _new_account(clubs, members, at=moment(today - timedelta(days=3), 19))
    club, address = INVITED
    invitations.invite(clubs[club], address, RIGHTS, actor=members[club], at=moment(today - timedelta(days=2), 20))


def _keep(paper: Paper, organisation: Organisation, actor: Actor, today: date) -> None:
    until = today + timedelta(days=paper.lasts) if paper.lasts is not None else None
    upload = SimpleUploadedFile(paper.name, PDF, "application/pdf")
    at = moment(today - timedelta(days=paper.days_ago), 19)
    vault.keep(organisation, upload, kind=paper.kind, valid_until=until, actor=actor, at=at)


def _new_account(clubs: Mapping[str, Organisation], members: Mapping[str, Actor], *, at: datetime) -> None:
    club, iban, name = NEW_ACCOUNT
    proof = SimpleUploadedFile(name, PDF, "application/pdf")
    account.request_change(
        clubs[club], iban=iban, account_holder=clubs[club].name, proof=proof, actor=members[club], at=at
    )
