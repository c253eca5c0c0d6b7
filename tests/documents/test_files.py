"""Both files of a protocol are valid, equal in content to each other and to the record, and reproducible."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openxml_audit
import pikepdf
import pytest

from govern.documents.content import clean
from govern.documents.papers.files import protocol_docx, protocol_files, protocol_pdf, summons_files
from govern.documents.papers.protocol import protocol_document
from govern.documents.papers.summons import SummonsFacts, SummonsItem, summons_document
from govern.documents.pdf.writer import write_pdf
from govern.documents.style import HouseStyle
from govern.documents.word.writer import write_docx
from govern.record import ProtocolRecord, to_json
from tests.documents.examples import para, record, text
from tests.documents.reading import characters, docx_pages, docx_text, faults, pdf_body, pdf_pages, run
from tests.documents.shapes import REPEATED_HEADS, SENTENCES, SHAPES
from tests.tiers import quick_params

SOME = quick_params(SHAPES, ("base", "tables", "glyphs"))
"""The shapes, of which three stand for all in `make test`."""

RUNNING = HouseStyle(paragraphs_on_own_page=False, name_columns=1, decision_order="first", public_copy=True, strip=())


def summons() -> SummonsFacts:
    """Return a summons with two items."""
    source = record()
    return SummonsFacts(
        body=source.body,
        forum=source.forum,
        meeting=source.meeting,
        items=(
            SummonsItem(position=1, heading="Mötets öppnande"),
            SummonsItem(position=2, heading="Avtal om drift", kind="B", reference="2024/72", attachments=("Förslag",)),
        ),
        called=("Anna Lindqvist KSO (S), Älvsby", "Bo Åkerblom KSO (M), Norrvik"),
        sent=date(2024, 4, 12),
        signed_by="Cilla Berg, sekreterare",
    )


@pytest.mark.parametrize("shape", SOME)
def test_pdf_keeps_both_norms(shape: str) -> None:
    assert faults(protocol_pdf(SHAPES[shape]())) == []


def test_pdf_keeps_both_norms_in_another_style() -> None:
    assert faults(protocol_pdf(SHAPES["many"](), RUNNING)) == []
    assert faults(summons_files(summons()).pdf) == []


@pytest.mark.parametrize("shape", SOME)
def test_equal_records_give_equal_bytes(shape: str) -> None:
    assert protocol_pdf(SHAPES[shape]()) == protocol_pdf(SHAPES[shape]())


@pytest.mark.parametrize("shape", SOME)
def test_docx_is_valid(shape: str, tmp_path: Path) -> None:
    file = tmp_path / "protocol.docx"
    file.write_bytes(protocol_docx(SHAPES[shape]()))
    assert [str(error) for error in openxml_audit.OpenXmlValidator().validate(str(file)).errors] == []


@pytest.mark.office
@pytest.mark.parametrize("shape", SOME)
def test_docx_and_pdf_say_the_same(shape: str, tmp_path: Path) -> None:
    source = SHAPES[shape]()
    files = protocol_files(source)
    read = pdf_body(files.pdf, protocol_document(source), REPEATED_HEADS.get(shape, ()))
    assert characters(docx_text(files.docx, tmp_path)) == characters(read)


@pytest.mark.office
@pytest.mark.parametrize("shape", quick_params(["base", "tables", "lists", "turned"], ["base"]))
def test_docx_has_the_pages_its_contents_name(shape: str, tmp_path: Path) -> None:
    """As in the PDF, each paragraph begins on the page that the contents give, and no blank page is added."""
    made = protocol_document(SHAPES[shape]())
    printed = write_pdf(made)
    pages = [characters(page) for page in docx_pages(write_docx(made, printed.page_numbers), tmp_path)]
    assert len(pages) == len(pdf_pages(printed.pdf))
    listed = [heading for heading in made.listed() if heading.number]
    begins = {h.anchor: characters(f"{h.number} {clean(h.text)}") for h in listed}
    found = {
        anchor: [number for number, page in enumerate(pages, 1) if words in page and "Innehåll" not in page]
        for anchor, words in begins.items()
    }
    assert found == {anchor: [printed.page_numbers[anchor]] for anchor in begins}


@pytest.mark.office
def test_summons_says_the_same_twice(tmp_path: Path) -> None:
    files = summons_files(summons())
    read = pdf_body(files.pdf, summons_document(summons()))
    assert characters(docx_text(files.docx, tmp_path)) == characters(read)
    for words in (
        "Måndagen den 22 april 2024 kl. 09.00–12.00",
        "2 Avtal om drift (B) Dnr 2024/72",
        "12 april 2024 Cilla Berg",
    ):
        assert words in read


@pytest.mark.office
@pytest.mark.parametrize("shape", SOME)
def test_pdf_is_sound(shape: str, tmp_path: Path) -> None:
    file = tmp_path / "protocol.pdf"
    file.write_bytes(protocol_pdf(SHAPES[shape]()))
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)
    assert {line.split()[-5] for line in run("pdffonts", file).splitlines()[2:]} == {"yes"}


def test_protocol_shows_its_parts() -> None:
    read = pdf_body(protocol_pdf(record()), protocol_document(record()))
    for words in (
        "Samverkansrådet Samverkan Norra ekonomisk förening · 769600-0004 Sammanträdesprotokoll 22 april 2024",
        "Folkets hus i Älvsby den 22 april 2024 kl. 09.00–12.00",
        "Paragrafer §§ 40–44",
        "Bo Åkerblom KSO (M), Norrvik",
        "tjg. för Hilda Strand",
        "Ivar Sund ers (L), Norrvik",
        "Lovisa Hed KC, Björkfors, §§ 42–43",
        "Cilla Berg, sekreterare, enligt digital underskrift Anna Lindqvist, ordförande, enligt digital underskrift",
        "B beslut I information P plan R rekommendation U uppföljning",
        "Namn Part och parti Röst Bo Åkerblom Norrvik (M) Ja",
        "1. att godkänna den gemensamma driften, och 2. att fördela",
        "Uppdrag till kommunchefgruppen: • Redovisa vad driften har kostat hittills • Ta fram",
        "1) Var och en för sig 2) En gemensam nämnd a. med säte i Älvsby b. med säte i Norrvik • Värdera",
        "Återrapport: senast den 10 juni 2024 till ett extra digitalt råd",
    ):
        assert words in read


def test_contents_name_the_pages_where_headings_stand() -> None:
    printed = write_pdf(protocol_document(record()))
    pages = pdf_pages(printed.pdf)
    contents = next(leaf for leaf in pages if "Innehåll" in leaf)
    for heading in protocol_document(record()).listed():
        number = printed.page_numbers[heading.anchor]
        assert heading.text.split()[0] in pages[number - 1]
        assert f"{heading.text} {number}" in " ".join(contents.split())


def test_each_paragraph_begins_a_page_and_the_strip_stands_on_all() -> None:
    pages = pdf_pages(protocol_pdf(record()))
    assert all("Ordförande Justerande Utdragsbestyrkande" in " ".join(leaf.split()) for leaf in pages)
    numbers = [write_pdf(protocol_document(record())).page_numbers[f"p{n}-§ {n}"] for n in range(40, 45)]
    assert len(set(numbers)) == 5


@pytest.mark.parametrize(("regime", "appeals"), [("kl_board", True), ("association", False), ("agreement", False)])
def test_only_a_statutory_body_tells_how_to_appeal(regime: str, appeals: bool) -> None:
    source: ProtocolRecord = record(regime)  # type: ignore[arg-type]
    assert ("laglighetsprövning" in " ".join(pdf_pages(protocol_pdf(source)))) is appeals


def test_public_copy_leaves_a_secret_paragraph_out() -> None:
    whole, public = (" ".join(pdf_pages(protocol_pdf(record(), style))) for style in (HouseStyle(), RUNNING))
    assert "Rådet tackar" in whole
    assert "Läget i avtalet" in whole
    assert "Rådet tackar" not in public
    assert "Läget i avtalet" not in public
    assert "OSL 19 kap. 3 §" in public


def test_a_character_without_glyph_is_shown_as_a_box_and_read_as_itself() -> None:
    pdf = protocol_pdf(record("association", text(45, "Tecken", para("före 漢 efter"))))
    assert "före □ efter" in " ".join(pdf_pages(pdf)[-1].split())
    with pikepdf.open(io.BytesIO(pdf)) as file:
        stand_ins = [
            str(o.ActualText) for o in file.objects if isinstance(o, pikepdf.Dictionary) and "/ActualText" in o
        ]
    assert stand_ins == ["漢"]


def test_bookmarks_lead_to_every_paragraph() -> None:
    with pikepdf.open(io.BytesIO(protocol_pdf(SHAPES["many"]()))) as pdf, pdf.open_outline() as outline:
        titles = [item.title for branch in outline.root for item in (branch, *branch.children)]
    assert {f"§ {n}" for n in range(40, 290)} <= {" ".join(title.split()[:2]) for title in titles}


def test_a_logo_needs_its_text() -> None:
    with pytest.raises(ValueError, match="alternate text"):
        HouseStyle(logo=b"x")


@pytest.mark.office
def test_a_reader_hears_headings_lists_and_tables_with_their_words_apart(tmp_path: Path) -> None:
    file = tmp_path / "protocol.pdf"
    file.write_bytes(protocol_pdf(record("association", text(45, "Lång", para(SENTENCES)))))
    heard = run("pdfinfo", "-struct-text", file)
    roles = {line.strip().rstrip(":") for line in heard.splitlines()}
    assert {"Document", "H1 (block)", "H2 (block)", "H3 (block)", "L (block)", "LI (block)", "Table (block)"} <= roles
    spoken = " ".join("".join(re.findall(r'"(.*)"', heard)).split())
    assert " ".join(SENTENCES.split()) in spoken


UNPRINTED = frozenset(
    [
        "schema_version",
        "regime",
        "level",
        "kind",
        "method",
        "choice",
        "outcome",
        "role",
        "mode",
        "date",
        "start",
        "end",
        "due",
        "type",
        "style",
        "filename",
        "sha256",
        "media_type",
        "marks",
        "href",
        "series",
        "put_order",
    ]
)
"""Fields whose values are not printed literally."""


def texts(value: object) -> Iterator[str]:
    """Yield every text of a record's JSON that must be printed."""
    match value:
        case dict():
            for key, part in value.items():
                if key not in UNPRINTED:
                    yield from texts(part)
        case list():
            for part in value:
                yield from texts(part)
        case str():
            yield value


@pytest.mark.parametrize("shape", SOME)
def test_pdf_leaves_nothing_out(shape: str) -> None:
    source = SHAPES[shape]()
    printed = characters(pdf_body(protocol_pdf(source), protocol_document(source), REPEATED_HEADS.get(shape, ())))
    missing = [text for text in texts(to_json(source)) if characters(clean(text)) not in printed]
    assert missing == []
