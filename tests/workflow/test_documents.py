"""What the office sends must stand in court and in the archive: content, standards, fonts, sameness, hostile data."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import page
import pytest
from django.conf import settings
from pypdf import PdfReader

from bench.samples import AT, LETTERHEAD, NOTICE, RECEIPT, REJECTION
from funding.law.grants import Financing
from scripts import fonts
from workflow.documents import (
    AwardNotice,
    Letter,
    Payment,
    YearShare,
    payload,
    payload_sha256,
    render_notice,
    render_receipt,
    render_rejection,
    restore,
    sha256,
)
from workflow.glyphs import covered
from workflow.typeset import UNKNOWN, clean, day, file_size, moment, quota

Render = Callable[..., bytes]
DOCUMENTS = [(render_notice, NOTICE), (render_rejection, REJECTION), (render_receipt, RECEIPT)]
EACH = pytest.mark.parametrize(("render", "data"), DOCUMENTS, ids=["notice", "rejection", "receipt"])

FULL_AWARD = replace(
    NOTICE, requested=Decimal("1500.00"), reasons=(), later_years=(), de_minimis_on=None, resolution="", enclosures=()
)

HOSTILE = {
    "typst markup": '#eval("1+1") #panic() $x^2$ *fett* _kursiv_ @ref <label> = Titel \\ ] } `roh` // weg',
    "html": "<script>alert(1)</script> &amp; <b>fett</b>",
    "emoji and unknown scripts": "Café 🎉 مرحبا שלום 你好 \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "reading direction turned": "\u202eGRO.live\u202c \u2066x\u2069",
    "control characters": "a\x00b\x07c\x1bd\ufeffe\ufffef\ud7ff",
    "combining marks": "e\u0301 a\u0308 Z\u0351\u0352\u0353algo",
    "line breaks of all kinds": "eins\r\nzwei\rdrei\u2028vier\u2029fünf\x85sechs\x0bsieben",
    "ten thousand characters": "Wörter sind lang genug. " * 417,
    "one word of ten thousand characters": "x" * 10_000,
    "nothing": "",
    "blanks": "  \n \n\t ",
}


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    if not (settings.FONT_DIR / "FiraSans-Regular.ttf").exists():
        fonts.make(settings.BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts", settings.FONT_DIR)


def text_of(pdf: bytes) -> str:
    """The text in reading order, hyphenation and line ends taken out."""
    pages = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]
    joined = re.sub(r"[\u00ad‐-]\n", "", "\n".join(pages))
    return re.sub(r"\s+", " ", joined.replace("\u00a0", " "))


def assert_conformant(pdf: bytes) -> None:
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        report = page.validate_pdf_bytes(pdf, profile=profile)
        assert report.is_compliant, [(profile, failure.rule_id, failure.message) for failure in report.failures]


def font_names(pdf: bytes) -> set[str]:
    found: set[str] = set()
    for sheet in PdfReader(io.BytesIO(pdf)).pages:
        for font in sheet["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"]), "embedded"
            found.add(str(descendant["/BaseFont"]).split("+")[-1])
    return found


def attached(pdf: bytes) -> tuple[str, bytes]:
    """Name and contents of the one file that the document carries."""
    ((name, (contents,)),) = PdfReader(io.BytesIO(pdf)).attachments.items()
    return name, contents


def with_text(value: Any, text: str) -> Any:
    """``value`` with every free text in it replaced."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: with_text(getattr(value, field.name), text) for field in fields(value)})
    if isinstance(value, tuple):
        return tuple(with_text(item, text) for item in value)
    return text if type(value) is str else value


# --- standards ------------------------------------------------------------------------------------------------------


@EACH
def test_every_document_passes_pdf_ua_1_and_pdf_a_3a(render: Render, data: Letter) -> None:
    assert_conformant(render(data, at=AT))


@EACH
def test_only_fira_sans_is_embedded(render: Render, data: Letter) -> None:
    names = font_names(render(data, at=AT))
    assert names
    assert all(name.startswith("FiraSans-") for name in names), names


@EACH
def test_language_and_title_are_set(render: Render, data: Letter) -> None:
    reader = PdfReader(io.BytesIO(render(data, at=AT)))
    assert reader.trailer["/Root"]["/Lang"] == "de-DE"
    assert reader.metadata is not None
    assert data.reference in str(reader.metadata.title)


@EACH
def test_same_data_and_moment_give_the_same_bytes(render: Render, data: Letter) -> None:
    again = restore(json.loads(json.dumps(payload(data))))
    assert render(data, at=AT) == render(again, at=AT)
    assert sha256(render(data, at=AT)) != sha256(render(data, at=AT + timedelta(seconds=1)))


def test_the_zone_of_the_moment_makes_no_difference() -> None:
    assert render_notice(NOTICE, at=AT) == render_notice(NOTICE, at=AT.astimezone())


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        render_notice(NOTICE, at=datetime(2026, 11, 20))
    with pytest.raises(ValueError, match="aware"):
        replace(RECEIPT, received_at=datetime(2026, 11, 20))


# --- data -----------------------------------------------------------------------------------------------------------


@EACH
def test_data_come_back_from_the_attachment(render: Render, data: Letter) -> None:
    name, contents = attached(render(data, at=AT))
    assert name in {"bescheid.json", "eingang.json"}
    assert restore(json.loads(contents)) == data


@EACH
def test_stored_data_survive_json(render: Render, data: Letter) -> None:
    assert restore(json.loads(json.dumps(payload(data)))) == data
    assert payload_sha256(restore(payload(data))) == payload_sha256(data)


def test_every_change_of_data_changes_the_fingerprint() -> None:
    changed = [replace(NOTICE, amount=Decimal("1499.99")), replace(NOTICE, version=2), replace(NOTICE, conditions=())]
    assert len({payload_sha256(data) for data in [NOTICE, *changed]}) == 4


@pytest.mark.parametrize("stored", [{}, {"kind": "Letter", "schema": 1}, {"kind": "Receipt", "schema": 2}])
def test_unknown_stored_data_are_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        restore(stored)


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="float"):
        payload(replace(RECEIPT, requested=1.5))  # type: ignore[arg-type]


# --- the award notice -----------------------------------------------------------------------------------------------

MANDATORY = {
    "addressee": "Brückenbauer Harlingerland e. V. (Demo)",
    "representative": "vertreten durch die Vorsitzende Mina Muster",
    "file number": "INT-2026-0016",
    "programme": "Förderprogramm „Integration vor Ort“",
    "provisional award": "vorläufig bis zu 1.500,00 €",
    "final notice": "durch einen Schlussbescheid",
    "legal basis": "Integration von Neuzugewanderten vom 14.03.2024",
    "purpose": "Wöchentliches Sprachcafé",
    "project period": "01.02.2027 bis 31.08.2027",
    "financing kind": "Anteilfinanzierung",
    "effective rate": "60 %",
    "maximum": "höchstens 1.500,00 €",
    "cost basis": "zuwendungsfähige Ausgaben von 2.500,00 €",
    "binding plan": "Finanzierungsplan ist verbindlich",
    "plan, cost side": "Honorare für die Sprachbegleitung 1.440,00 € 1.440,00 €",
    "plan, cost total": "Summe der Ausgaben 2.800,00 € 2.500,00 €",
    "plan, cover side": "Eigenmittel des Vereins 800,00 €",
    "plan, grant": "Zuwendung nach diesem Bescheid (bis zu) 1.500,00 €",
    "plan, cover total": "Summe der Einnahmen 2.800,00 €",
    "payment mode": "auf Ihre Anforderung in Raten",
    "side conditions": "Nebenbestimmungen sind Teil dieses Bescheids (§ 36 VwVfG",
    "own condition": "6.8 Kinderbetreuung.",
    "report duty": "Verwendungsnachweis bis Dienstag, 29.02.2028 vor",
    "duty to notify": "Teilen Sie uns unverzüglich mit",
    "audit": "Rechnungsprüfungsamt (RPA)",
    "publicity": "Förderung durch uns hin",
    "retention": "Verträge 5 Jahre lang auf",
    "recovery": "ausgezahltes Geld zu erstatten",
    "interest": "5 Prozentpunkten über dem Basiszinssatz",
    "threshold": "Beträge unter 25,00 €",
    "budget proviso": "Haushaltsjahr 2027: bis zu 1.500,00 €",
    "de minimis": "Verordnung (EU) 2023/2831",
    "reasons": "Die Mittel des Jahres reichen nicht",
    "requested": "Sie haben 2.000,00 € beantragt",
    "resolution": "Sozialausschuss hat der Förderung am 12.11.2026 zugestimmt",
    "remedy": "innerhalb eines Monats nach Bekanntgabe Klage beim Verwaltungsgericht Oldenburg, Schloßplatz 10, "
    "26122 Oldenburg, erhoben werden",
    "name of who signs": "Im Auftrag gez. Wiebke Muster",
    "page numbers": "Seite 1 von ",
}


@pytest.fixture(scope="module")
def notice_text(_fonts: None) -> str:
    return text_of(render_notice(NOTICE, at=AT))


@pytest.mark.parametrize("part", MANDATORY)
def test_the_award_notice_holds_what_it_must(part: str, notice_text: str) -> None:
    assert MANDATORY[part] in notice_text


@pytest.mark.parametrize(
    "absent",
    [
        "De-minimis",
        "Haushaltsjahr",
        "Begründung",
        "Die Gründe",
        "Anlagen",
        "zusätzlich zu decken",
        "Widerspruch",
        "None",
    ],
)
def test_a_full_award_has_no_clause_that_does_not_apply(absent: str) -> None:
    assert absent not in text_of(render_notice(FULL_AWARD, at=AT))


def test_an_open_rest_is_shown_as_the_recipients_share() -> None:
    plan = text_of(render_notice(replace(NOTICE, sources=NOTICE.sources[:1]), at=AT))
    assert "Von Ihnen zusätzlich zu decken 500,00 €" in plan
    assert "Summe der Einnahmen 2.800,00 €" in plan


KINDS = {
    Financing.SHARE: ("Wir tragen 60 % der zuwendungsfähigen Ausgaben", "anteilig nach dem Fördersatz"),
    Financing.GAP: ("Wir schließen die Lücke", "um den vollen Betrag"),
    Financing.FULL: ("soweit keine anderen Mittel sie decken", "um den vollen Betrag"),
    Financing.FIXED: ("ist fest (30 Treffen zu je 50,00 €)", "Der Festbetrag bleibt gleich"),
}


@pytest.mark.parametrize("kind", Financing)
def test_each_kind_of_financing_has_its_own_rule(kind: Financing) -> None:
    pdf = render_notice(replace(NOTICE, financing=kind, fixed_basis="30 Treffen zu je 50,00 €"), at=AT)
    assert_conformant(pdf)
    for sentence in KINDS[kind]:
        assert sentence in text_of(pdf)


PAYMENTS = {
    Payment.REIMBURSEMENT: "sobald wir Ihren Verwendungsnachweis geprüft haben. Vorher muss",
    Payment.ADVANCE: "in einem Betrag aus. Fordern Sie nur an, was Sie innerhalb von 6 Wochen",
    Payment.INSTALMENTS: "1. 1.200,00 € nach Bestandskraft dieses Bescheids 2. 300,00 €",
}


@pytest.mark.parametrize("mode", Payment)
def test_each_payment_mode_says_when_money_flows(mode: Payment) -> None:
    assert PAYMENTS[mode] in text_of(render_notice(replace(NOTICE, payment=mode), at=AT))


def test_payment_waits_for_finality_unless_the_programme_pays_on_notification() -> None:
    assert "Bescheid bestandskräftig sein" in text_of(render_notice(NOTICE, at=AT))
    early = text_of(render_notice(replace(NOTICE, payable_when_final=False), at=AT))
    assert "Bescheid bestandskräftig sein" not in early
    assert "ab der Bekanntgabe dieses Bescheids möglich" in early


def test_an_early_start_is_said_only_where_it_was_allowed() -> None:
    assert "vor der Bekanntgabe dieses Bescheids geschlossen haben" in text_of(render_notice(NOTICE, at=AT))
    early = text_of(render_notice(replace(NOTICE, earliest_start=date(2026, 12, 1)), at=AT))
    assert "ab dem 01.12.2026" in early
    assert "geschlossen haben, fördern wir nicht" not in early


def test_a_fixed_report_day_points_to_the_law() -> None:
    assert "§ 31 Abs. 3 Satz 2" not in text_of(render_notice(NOTICE, at=AT))
    assert "§ 31 Abs. 3 Satz 2" in text_of(render_notice(replace(NOTICE, report_due_is_fixed=True), at=AT))


CONTRADICTIONS: dict[str, Callable[[], AwardNotice]] = {
    "less than requested without reasons": lambda: replace(NOTICE, reasons=()),
    "more cover than cost": lambda: replace(NOTICE, amount=Decimal("1500.01")),
    "more than the eligible cost": lambda: replace(NOTICE, amount=Decimal("2500.01"), sources=()),
    "end before beginning": lambda: replace(NOTICE, project_to=date(2027, 1, 31)),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_notice_that_contradicts_itself_is_refused(case: str) -> None:
    with pytest.raises(ValueError, match=r"award|project"):
        CONTRADICTIONS[case]()


def test_the_court_comes_from_the_letterhead() -> None:
    letterhead = replace(LETTERHEAD, court="Verwaltungsgericht Osnabrück", remedy_instruction="Klage: {court} {0} {x}")
    for render, data in DOCUMENTS[:2]:
        assert "Klage: Verwaltungsgericht Osnabrück {0} {x}" in text_of(
            render(replace(data, letterhead=letterhead), at=AT)
        )


def test_a_long_plan_repeats_its_head_on_each_page() -> None:
    lines = NOTICE.expenses + tuple(replace(NOTICE.expenses[0], label=f"Posten {n}") for n in range(80))
    pdf = render_notice(replace(NOTICE, expenses=lines, rate=Fraction(1, 3)), at=AT)
    assert_conformant(pdf)
    assert text_of(pdf).count("Ausgabe Betrag zuwendungsfähig") >= 3


# --- rejection and receipt ------------------------------------------------------------------------------------------


def test_the_rejection_says_what_why_and_what_now() -> None:
    text = text_of(render_rejection(REJECTION, at=AT))
    for sentence in (
        "Wir lehnen diesen Antrag ab",
        "1.800,00 €",
        *REJECTION.reasons,
        *REJECTION.advice,
        "Klage beim Verwaltungsgericht",
        "gez. Wiebke Muster",
    ):
        assert sentence in text
    with pytest.raises(ValueError, match="reasons"):
        replace(REJECTION, reasons=())


@pytest.mark.parametrize("word", ["leider", "versäumt", "Schuld", "Ihr Fehler", "ungültig", "bedauern", "mangelhaft"])
def test_the_rejection_blames_nobody(word: str) -> None:
    assert word not in text_of(render_rejection(REJECTION, at=AT))


def test_the_receipt_proves_what_arrived_and_promises_nothing() -> None:
    text = text_of(render_receipt(RECEIPT, at=AT))
    for sentence in (
        "INT-2026-0016",
        "Donnerstag, 19.11.2026, 18:03 Uhr",
        "Tür an Tür: Sprachcafé am Deich",
        "2.000,00 €",
        "Diese Bestätigung ist keine Zusage (§ 38 VwVfG)",
        RECEIPT.revision_sha256,
        *RECEIPT.next_steps,
    ):
        assert sentence in text
    for document in RECEIPT.documents:
        assert document.name in text
        assert document.sha256 in text
    assert "Rechtsbehelfsbelehrung" not in text
    assert "gez." not in text


def test_a_receipt_without_documents_says_so() -> None:
    pdf = render_receipt(replace(RECEIPT, documents=()), at=AT)
    assert_conformant(pdf)
    assert "keine Unterlagen eingegangen" in text_of(pdf)


# --- hostile data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@EACH
def test_hostile_text_in_every_field_is_only_text(render: Render, data: Letter, text: str) -> None:
    if len(text) > 1000:
        data = replace(data, title=text, addressee=replace(data.addressee, name=text))
    else:
        data = with_text(data, text)
    pdf = render(data, at=AT)
    assert_conformant(pdf)
    assert all(name.startswith("FiraSans-") for name in font_names(pdf))
    assert restore(json.loads(attached(pdf)[1])) == data


def test_no_stream_ends_in_what_reads_as_half_of_its_line_end() -> None:
    pdfs = [render_receipt(with_text(RECEIPT, text), at=AT) for text in HOSTILE.values() if len(text) < 1000]
    assert any(b"\r\rendstream" in pdf for pdf in pdfs), "one of them would have"
    assert not any(b"\r\nendstream" in pdf for pdf in pdfs)


def test_markup_is_printed_letter_by_letter() -> None:
    markup = '#eval("1+1") $x$ *fett* _kursiv_ <label> @ref // weg'
    text = text_of(render_receipt(replace(RECEIPT, title=markup), at=AT))
    assert markup in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("e\u0301", "é"),
        ("Café 🎉", f"Café {UNKNOWN}"),
        ("\u202etxt.exe", "txt.exe"),
        ("a\x00b", "ab"),
        ("a\tb\u2009c\u3000d", "a b c d"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("E\u2011Mail", "E-Mail"),
        ("Київ, Łódź, İstanbul, Αθήνα", "Київ, Łódź, İstanbul, Αθήνα"),
        ("x" * 45, "x" * 45),
        ("ab" * 23, "\u200b".join(["abababab"] * 5 + ["ababab"])),
    ],
)
def test_texts_are_made_printable(given: str, shown: str) -> None:
    assert clean(given) == shown


def test_the_fonts_characters_are_read_as_fonttools_reads_them() -> None:
    for font in sorted(settings.FONT_DIR.glob("*.ttf")):
        assert covered(font) == frozenset(fonts.TTFont(font).getBestCmap())


# --- spelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (Fraction(3, 5), "60 %"),
        (Fraction(5, 8), "62,5 %"),
        (Fraction(1, 3), "1/3 (rund 33,33 %)"),
        (Fraction(1700, 2333), "rund 72,87 %"),
        (Fraction(1), "100 %"),
        (Fraction(1, 10), "10 %"),
    ],
)
def test_quotas_are_said_exactly_or_called_rund(rate: Fraction, said: str) -> None:
    assert quota(rate).replace("\u00a0", " ") == said


def test_moments_are_german_time_cut_to_the_minute() -> None:
    assert moment(datetime(2026, 7, 1, 22, 0, 59, tzinfo=UTC)) == "Donnerstag, 02.07.2026, 00:00 Uhr"
    assert day(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == "01.01.2027"


@pytest.mark.parametrize(("size", "said"), [(1, "1 KB"), (1000, "1 KB"), (212_400, "213 KB"), (3_412_000, "3,4 MB")])
def test_file_sizes_are_short(size: int, said: str) -> None:
    assert file_size(size).replace("\u00a0", " ") == said


def test_later_years_are_listed_one_by_one() -> None:
    shares = (YearShare(year=2027, amount=Decimal("1000.00")), YearShare(year=2028, amount=Decimal("500.00")))
    text = text_of(render_notice(replace(NOTICE, later_years=shares), at=AT))
    assert "Haushaltsjahr 2027: bis zu 1.000,00 €" in text
    assert "Haushaltsjahr 2028: bis zu 500,00 €" in text
