"""The same Beschlussvorlage as DOCX, for whoever works on with it: real headings, tables with header rows, German.

Same data and moment, same bytes: the library writes the clock into the archive, so the archive is packed anew.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table

from workflow.council_paper import TITLE, Answer, CouncilSheet, Cover, Sum, date_line, printable, title_of
from workflow.typeset import shown

FONT = "Arial"
ACCENT = RGBColor(0x12, 0x3A, 0x6B)
PACKED = (1980, 1, 1, 0, 0, 0)
"""The first moment that an archive knows."""
TABLE_STYLE = "Table Grid"


def render_docx(sheet: CouncilSheet, *, at: datetime) -> bytes:
    """The paper as DOCX. `at` (aware) goes into the metadata only."""
    sheet = printable(sheet)
    document = docx.Document()
    _set_up(document, sheet, at)
    _head(document, sheet)
    _matter(document, sheet)
    _money(document, sheet)
    _resolution(document, sheet)
    _annexes(document, sheet)
    out = io.BytesIO()
    document.save(out)
    return _packed(out.getvalue())


def _packed(content: bytes) -> bytes:
    """Without the clock of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, PACKED)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, given.read(name))
    return out.getvalue()


# The frame


def _set_up(document: Document, sheet: CouncilSheet, at: datetime) -> None:
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    facts = document.core_properties
    facts.title = title_of(sheet)
    facts.author = facts.last_modified_by = sheet.letterhead.county[:TITLE]
    facts.subject, facts.language, facts.comments = sheet.subject[:TITLE], "de-DE", ""
    facts.created = facts.modified = moment
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(22), Mm(18), Mm(16), Mm(18)
    page.footer.paragraphs[0].text = f"{sheet.letterhead.county} · Beschlussvorlage {sheet.number}"
    _speak_german(document)
    for name, size in (("Normal", 10), ("Title", 18), ("Heading 1", 13), ("Heading 2", 12)):
        _letters(document.styles[name], size, is_heading=name != "Normal")


def _speak_german(document: Document) -> None:
    """The language of every run, so that a screen reader pronounces it right."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    found = defaults.find(qn("w:lang"))
    language = found if found is not None else OxmlElement("w:lang")
    if found is None:
        defaults.append(language)
    language.set(qn("w:val"), "de-DE")
    language.set(qn("w:eastAsia"), "de-DE")


def _letters(style: Any, size: int, *, is_heading: bool) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    if is_heading:
        style.font.color.rgb = ACCENT
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(9), Pt(3)
    else:
        style.paragraph_format.space_after = Pt(4)


def _words(document: Document, text: str) -> None:
    for line in text.splitlines():
        if line.strip():
            document.add_paragraph(line.strip())


def _table(
    document: Document,
    title: str,
    about: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    numbers: Sequence[int] = (),
) -> Table:
    """A table whose first row is repeated on every page and named to a screen reader, with an alternative text."""
    table: Table = document.add_table(rows=1, cols=len(head))
    table.style = TABLE_STYLE
    _describe(table, title, about)
    for cell, word in zip(table.rows[0].cells, head, strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for row in rows:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]
        for place, (cell, value) in enumerate(zip(cells, row, strict=True)):
            cell.paragraphs[0].text = str(value)
            if place in numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _describe(table: Table, title: str, about: str) -> None:
    properties = table._tbl.tblPr
    for name, text in (("w:tblCaption", title), ("w:tblDescription", about)):
        element = OxmlElement(name)
        element.set(qn("w:val"), text)
        properties.append(element)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


# The parts of the form


def _head(document: Document, sheet: CouncilSheet) -> None:
    document.add_paragraph(f"{sheet.letterhead.county}\n{sheet.letterhead.office}")
    document.add_paragraph(f"Beschlussvorlage {sheet.number}", style="Title")
    if sheet.is_draft:
        document.add_paragraph().add_run("Entwurf, noch nicht festgeschrieben").bold = True
    document.add_paragraph(f"Öffentlich: {'ja' if sheet.is_public else 'nein'}")
    document.add_heading("Beratungsfolge", 1)
    rows = [
        (
            "ja" if step.is_wanted else "nein",
            step.body,
            ("beschließt" if step.decides else "berät") if step.is_wanted else "–",
            shown(step.session_on) if step.session_on else "–",
            "öffentlich" if step.is_public else "nichtöffentlich",
            step.item or "–",
        )
        for step in sheet.steps
    ]
    head = ("vorgesehen", "Gremium", "Aufgabe", "Sitzung", "Teil", "TOP")
    _table(
        document,
        "Beratungsfolge",
        "Welche Gremien beraten und beschließen, an welchem Tag und unter welchem TOP",
        head,
        rows,
    )


def _matter(document: Document, sheet: CouncilSheet) -> None:
    document.add_heading("Betreff", 1)
    document.add_paragraph().add_run(sheet.subject).bold = True
    document.add_heading("Sachverhalt", 1)
    _words(document, sheet.facts)
    if len(sheet.proposals) > 1:
        rows: list[tuple[object, ...]] = [
            (number, row.reference, _who(row.recipient, row.title, row.reason), shown(row.requested), shown(row.amount))
            for number, row in enumerate(sheet.proposals, start=1)
        ]
        rows.append(("", "", "Summe", shown(sheet.requested), shown(sheet.proposed)))
        head = ("Nr.", "Aktenzeichen", "Wer und wofür", "beantragt", "vorgeschlagen")
        about = "Je Zeile ein Antrag mit beantragtem und vorgeschlagenem Betrag, am Ende die Summe"
        _table(document, "Vorgeschlagene Förderungen", about, head, rows, numbers=(0, 3, 4))


def _who(recipient: str, title: str, reason: str) -> str:
    named = f"{recipient}: {title}" if title else recipient
    return f"{named}\n{reason}" if reason else named


def _answer(found: Sum) -> str:
    if found.kind is Answer.AMOUNT and found.amount is not None:
        return str(shown(found.amount))
    return "keine" if found.kind is Answer.NONE else "noch keine Angabe"


def _money(document: Document, sheet: CouncilSheet) -> None:
    document.add_heading("Finanzierung", 1)
    costs = f"Gesamtkosten der Maßnahme\n{sheet.cost.items}" if sheet.cost.items else "Gesamtkosten der Maßnahme"
    rows = (
        ("1", costs, _answer(sheet.cost)),
        ("2", "Jährliche Folgekosten", _answer(sheet.follow_up)),
        ("3", "Objektbezogene Einnahmen", _answer(sheet.income)),
    )
    _table(
        document,
        "Finanzierung",
        "Drei Fragen nach dem Geld mit ihrer Antwort",
        ("Nr.", "Frage", "Antwort"),
        rows,
        numbers=(2,),
    )
    document.add_heading("Haushaltsmittel", 1)
    for line in _budget(sheet):
        document.add_paragraph(line)


def _budget(sheet: CouncilSheet) -> list[str]:
    budget = sheet.budget
    account = f"Produktkonto: {budget.line}" if budget.line else ""
    if budget.kind is Cover.AVAILABLE:
        day = f" (Stand {shown(budget.available_on)})" if budget.available_on else ""
        amount = f"Noch zur Verfügung{day}: {shown(budget.available)}" if budget.available is not None else ""
        lines = ["Mittel stehen zur Verfügung.", account, amount]
    elif budget.kind is Cover.MISSING:
        lines = ["Mittel stehen nicht zur Verfügung.", account, f"Deckungsvorschlag: {budget.proposal}"]
    else:
        lines = ["Noch keine Angabe."]
    return [line for line in lines if line]


def _resolution(document: Document, sheet: CouncilSheet) -> None:
    document.add_heading("Beschlussvorschlag", 1)
    _words(document, sheet.resolution)
    document.add_paragraph(date_line(sheet))
    if sheet.signed_by:
        document.add_paragraph(f"gez. {sheet.signed_by}")
    document.add_heading("Abstimmungsergebnis", 1)
    rows = [
        (
            step.body,
            shown(step.session_on) if step.session_on else "",
            *map(_count, (step.votes_yes, step.votes_no, step.votes_abstained)),
            step.outcome,
        )
        for step in sheet.steps
        if step.is_wanted
    ]
    head = ("Gremium", "Sitzung", "Ja", "Nein", "Enth.", "Ergebnis")
    _table(
        document,
        "Abstimmungsergebnis",
        "Je Gremium die Stimmen und das Ergebnis; leer bis zur Sitzung",
        head,
        rows,
        numbers=(2, 3, 4),
    )


def _count(votes: int | None) -> str:
    return "" if votes is None else str(votes)


def _annexes(document: Document, sheet: CouncilSheet) -> None:
    document.add_heading("Anlagen", 1)
    if sheet.annexes:
        rows = [(one.number, one.title, "öffentlich" if one.is_public else "nichtöffentlich") for one in sheet.annexes]
        _table(
            document, "Anlagen", "Die Anlagen mit Nummer und Zugang", ("Anlage", "Titel", "Zugang"), rows, numbers=(0,)
        )
    else:
        document.add_paragraph("Keine.")
    if sheet.private:
        document.add_page_break()  # type: ignore[no-untyped-call]
        document.add_heading("Nichtöffentliche Anlage: Angaben zu Privatpersonen", 1)
        document.add_paragraph("Diese Anlage ist nur für die Mitglieder der Gremien und die Verwaltung bestimmt.")
        names = [(row.reference, row.name, row.town, row.title, shown(row.amount)) for row in sheet.private]
        head = ("Aktenzeichen", "Name", "Ort", "Vorhaben", "vorgeschlagen")
        _table(
            document, "Angaben zu Privatpersonen", "Namen zu den Aktenzeichen dieser Vorlage", head, names, numbers=(4,)
        )
