"""Taking in files: known by their content, not by their name; kept outside every public address."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications import scanning
from applications.models import Application, Attachment, Scan
from journal import values
from journal.actors import Actor
from journal.refusals import Refused
from journal.texts import harmless

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
ARCHIVES = frozenset(mime for mime in ALLOWED if mime.startswith("application/vnd."))
"""Office files are archives inside; what is hidden in them counts too."""
UNPACKED_MEGABYTES, UNPACKED_FILES = 200, 2000
"""More than this is in no honest letter or table: a bomb."""
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
    if kind in ARCHIVES:
        _refuse_bad_archive(upload)
    return str(kind)


def _refuse_bad_archive(upload: UploadedFile[Any]) -> None:
    """Without unpacking: an archive that is broken, locked, far too big inside, or that carries macros."""
    try:
        with zipfile.ZipFile(upload) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(_("Die Datei ist beschädigt. Bitte speichern Sie sie neu."), field="file") from error
    finally:
        upload.seek(0)
    if len(inside) > UNPACKED_FILES or sum(part.file_size for part in inside) > UNPACKED_MEGABYTES * 1_000_000:
        raise Refused(_("Die Datei ist ausgepackt viel zu groß. Bitte laden Sie sie als PDF hoch."), field="file")
    if any(part.flag_bits & 1 for part in inside):
        raise Refused(_("Die Datei hat ein Passwort. Bitte laden Sie sie ohne Passwort hoch."), field="file")
    if any(part.filename.lower().endswith("vbaproject.bin") for part in inside):
        raise Refused(_("Die Datei enthält Makros. Bitte speichern Sie sie ohne Makros oder als PDF."), field="file")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that was looked at: what the row of any model that keeps files needs."""

    name: str
    content_type: str
    size: int
    sha256: str
    scan: Scan
    file: UploadedFile[Any]


def take(upload: UploadedFile[Any], *, at: datetime) -> Taken:
    """Looks at a file by its content, asks the scanner, counts its hash. Raises Refused with the sentence for the field."""
    content_type = check(upload, at=at)
    verdict = scanning.scan(upload.chunks())
    upload.seek(0)
    if verdict is Scan.INFECTED:
        raise Refused(
            _("In dieser Datei steckt ein Schadprogramm. Wir haben sie nicht gespeichert. Bitte prüfen Sie Ihren Computer."),
            field="file",
        )  # fmt: skip
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Taken(
        name=safe_name(upload.name or "", content_type),
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        scan=verdict,
        file=upload,
    )


def safe_name(name: str, content_type: str) -> str:
    """The name that we show and send: no path, no control or direction characters, the ending that fits the content."""
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rpartition(".")[0] or last
    return f"{shown_name(stem)}.{ALLOWED[content_type]}"


def shown_name(stem: str) -> str:
    """A name as it may stand on a page."""
    kept = "".join(
        char
        for char in unicodedata.normalize("NFC", harmless(stem or ""))
        if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    kept = re.sub(r'[<>:"|?*]+', " ", kept).strip(" .")[:100]
    return kept or "Datei"


def refuse_too_many(application: Application, *, more: int, at: datetime) -> None:
    limit = values.number("upload.max_files", on=localdate(at))
    if application.attachments.filter(removed_at__isnull=True).count() + more > limit:
        raise Refused(_("Mehr als %(limit)s Dateien nehmen wir nicht an.") % {"limit": limit}, field="file")


def keep(
    application: Application, taken: Taken, *, kind: str, actor: Actor, at: datetime, question: str = ""
) -> Attachment:
    """Puts a file that was looked at on the application's list. Raises Refused if there are too many."""
    refuse_too_many(application, more=1, at=at)
    return Attachment.objects.create(
        application=application, kind=kind, question=question, uploaded_at=at, uploaded_by=actor.key, **vars(taken)
    )


def store(application: Application, upload: UploadedFile[Any], *, kind: str, actor: Actor, at: datetime) -> Attachment:
    """Keeps a file with its hash. Raises Refused if it is too big, too many, or not of a kind that we take."""
    return keep(application, take(upload, at=at), kind=kind, actor=actor, at=at)
