"""Anlagen of a paper: PDFs that went through the checks of every upload, numbered, public or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from applications import uploads
from applications.models import Scan
from journal.actors import Actor
from journal.refusals import Refused
from workflow import papers
from workflow.models import CouncilPaper, PaperAnnex

MOST = 30


def add(
    paper: CouncilPaper, upload: UploadedFile[Any], *, title: str, is_public: bool, actor: Actor, at: datetime
) -> PaperAnnex:
    """The next Anlage. Raises Refused for what is no PDF or was not found clean, Faster if the draft moved on."""
    taken = uploads.take(upload, at=at)
    if taken.content_type != "application/pdf":
        raise Refused(_("Eine Anlage ist eine PDF-Datei. Bitte speichern Sie sie als PDF."), field="file")
    if taken.scan is Scan.PENDING:
        raise Refused(
            _("Der Virenscanner antwortet gerade nicht. Bitte versuchen Sie es in einer Minute wieder."), field="file"
        )
    with transaction.atomic():
        papers.claim(paper, version=paper.version)
        last = paper.annexes.aggregate(last=Max("position"))["last"] or 0
        if last >= MOST:
            raise Refused(_("Mehr als %(most)s Anlagen hat keine Vorlage.") % {"most": MOST}, field="file")
        made = PaperAnnex.objects.create(
            paper=paper, position=last + 1, title=title, is_public=is_public, pdf=upload.read(), sha256=taken.sha256
        )
        papers.tell("annex_added", paper, actor=actor, at=at, title=title, sha256=taken.sha256)
    return made


def remove(paper: CouncilPaper, annex: PaperAnnex, *, actor: Actor, at: datetime) -> None:
    """Takes it out; those behind it move up."""
    with transaction.atomic():
        papers.claim(paper, version=paper.version)
        place, title = annex.position, annex.title
        annex.delete()
        behind = paper.annexes.filter(position__gt=place).order_by("position").values_list("pk", flat=True)
        for number, pk in enumerate(list(behind), start=place):
            PaperAnnex.objects.filter(pk=pk).update(position=number)
        papers.tell("annex_removed", paper, actor=actor, at=at, title=title)
