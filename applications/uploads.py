"""Taking in files: known by their content, not by their name; kept outside every public address."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from typing import Any

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import Application, Attachment
from journal import values
from journal.actors import Actor
from journal.refusals import Refused

ALLOWED = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
"""What we take. No SVG and no HTML: they carry scripts."""
INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def check(upload: UploadedFile[Any], *, at: datetime) -> str:
    """The content type of a file that we take; raises Refused with the sentence for the field."""
    limit = values.number("upload.max_megabytes", on=localdate(at))
    size = upload.size or 0
    if size == 0:
        raise Refused(_("Die Datei ist leer. Bitte wählen Sie eine andere."), field="file")
    if size > limit * 1_000_000:
        raise Refused(
            _(
                "Die Datei ist größer als %(limit)s MB. Bitte verkleinern Sie sie oder laden Sie sie in zwei Teilen hoch."
            )
            % {"limit": limit},
            field="file",
        )
    upload.seek(0)
    kind = filetype.guess_mime(upload.read(8192))
    upload.seek(0)
    if kind not in ALLOWED:
        raise Refused(
            _("Diese Art von Datei nehmen wir nicht an. Möglich sind PDF, Bilder (JPG, PNG) und Dateien aus Word, Excel "
              "oder LibreOffice."),
            field="file",
        )  # fmt: skip
    return str(kind)


def safe_name(name: str, content_type: str) -> str:
    """The name that we show and send: no path, no control or direction characters, the ending that fits the content."""
    stem = re.split(r"[\\/]", name)[-1].rpartition(".")[0] or name
    kept = "".join(
        char for char in unicodedata.normalize("NFC", stem) if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    kept = re.sub(r'[<>:"|?*]+', " ", kept).strip(" .")[:100]
    return f"{kept or 'Datei'}.{ALLOWED[content_type]}"


def store(application: Application, upload: UploadedFile[Any], *, kind: str, actor: Actor, at: datetime) -> Attachment:
    """Keeps a file with its hash. Raises Refused if it is too big, too many, or not of a kind that we take."""
    content_type = check(upload, at=at)
    limit = values.number("upload.max_files", on=localdate(at))
    if application.attachments.filter(removed_at__isnull=True).count() >= limit:
        raise Refused(_("Mehr als %(limit)s Dateien nehmen wir nicht an.") % {"limit": limit}, field="file")
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Attachment.objects.create(
        application=application,
        kind=kind,
        name=safe_name(upload.name or "", content_type),
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        file=upload,
        uploaded_at=at,
        uploaded_by=actor.key,
    )
