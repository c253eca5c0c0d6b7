"""The text of files: what is read, what is not, and what is refused before it is unpacked."""

from __future__ import annotations

import contextlib
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from docx import Document

from govern.documents.binding.convert import to_bind
from govern.media import MEDIA
from govern.reading import Unreadable, limits, text_of
from tests.need import need
from tests.reading.files import DOCX, ODS, ODT, WORD, XLSX, packed, pdf, png, word


def test_pdf_page_by_page() -> None:
    """The text has one string per page, empty for a scanned page; a picture has no text."""
    assert text_of(pdf("Kostnaden delas", "", "Sidan tre"), "application/pdf") == ["Kostnaden delas", "", "Sidan tre"]
    assert not any(text_of(pdf("", ""), "application/pdf"))
    assert text_of(png(), "image/png") == []


def test_word_by_another_writer() -> None:
    """A document written by python-docx is read with its tables."""
    document = Document()
    document.add_paragraph("Avtalet gäller åtta kommuner.")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Sundsvall", "7 kr"
    buffer = io.BytesIO()
    document.save(buffer)
    body = text_of(buffer.getvalue(), DOCX)[0].split("\n")
    assert body[0] == "Avtalet gäller åtta kommuner."
    assert "Sundsvall" in body
    assert "7 kr" in body


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:ins><w:r><w:t>infogat</w:t></w:r></w:ins></w:p>", "infogat"),
        ("<w:p><w:del><w:r><w:delText>struket</w:delText></w:r></w:del><w:r><w:t>kvar</w:t></w:r></w:p>", "kvar"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>i fältet</w:t></w:r></w:p></w:sdtContent></w:sdt>", "i fältet"),
        (
            "<w:p><mc:AlternateContent><mc:Choice><wps:txbx><w:p><w:r><w:t>ruta</w:t></w:r></w:p></wps:txbx></mc:Choice>"
            "<mc:Fallback><w:p><w:r><w:t>ruta</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:p>",
            "ruta",
        ),
        ("<w:p><w:r><w:t>två</w:t><w:tab/><w:t>ord</w:t></w:r></w:p>", "två ord"),
    ],
)
def test_word_in_all_its_corners(body: str, text: str) -> None:
    """Insertions, content controls and text boxes are read once, deletions not at all."""
    assert text_of(word(body), DOCX) == [text]


def test_sheets() -> None:
    """A sheet is a part and a row a line; shared strings are resolved, also with two-digit indexes."""
    strings = "".join(f"<si><t>ord{n}</t></si>" for n in range(11))
    row = '<row><c t="s"><v>10</v></c><c><v>12.5</v></c><c t="inlineStr"><is><t>här</t></is></c></row>'
    data = packed(
        xl__sharedStrings_xml=f'<sst xmlns="urn:x">{strings}</sst>',
        xl__worksheets__sheet2_xml='<worksheet xmlns="urn:x"><row><c t="s"><v>0</v></c></row></worksheet>',
        xl__worksheets__sheet1_xml=f'<worksheet xmlns="urn:x">{row}</worksheet>',
    )
    assert text_of(data, XLSX) == ["ord10 12.5 här", "ord0"]


def test_open_document_and_plain_text() -> None:
    """ODT is read from its XML; plain text in the encodings used by Swedish offices."""
    xml = '<o:document xmlns:o="urn:o" xmlns:t="urn:t"><t:h>Rubrik</t:h><t:p>Ett<t:s/>stycke</t:p></o:document>'
    assert text_of(packed(content_xml=xml), ODT) == ["Rubrik\nEtt stycke"]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert text_of("Ärende på sjön".encode(encoding), "text/plain") == ["Ärende på sjön"]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7 trasig", "application/pdf"),
        (b"PK trasig", DOCX),
        (packed(annat_xml="<a/>"), DOCX),
        (word("<w:p>")[:-30], DOCX),
        (packed(word__document_xml="<oavslutad>"), DOCX),
    ],
)
def test_what_is_broken(data: bytes, media_type: str) -> None:
    """A broken file raises `Unreadable` and no other error."""
    with pytest.raises(Unreadable):
        text_of(data, media_type)


def test_a_bomb_is_not_unpacked() -> None:
    """A member whose declared size is too large is not opened."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as member,
    ):
        for _ in range(limits.MOST_UNPACKED // 10_000_000 + 1):
            member.write(b" " * 10_000_000)
    assert len(buffer.getvalue()) < 1_000_000
    with pytest.raises(Unreadable, match="unpack"):
        text_of(buffer.getvalue(), DOCX)


@pytest.mark.parametrize(
    ("member", "media_type"), [("word__document_xml", DOCX), ("content_xml", ODT), ("content_xml", ODS)]
)
def test_entities_do_not_multiply(member: str, media_type: str) -> None:
    """Nested entities are not expanded."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    xml = f'<!DOCTYPE d [{laughs}]><d xmlns:w="{WORD}"><w:p><w:t>&l11;</w:t></w:p></d>'
    with contextlib.suppress(Unreadable):
        assert len("".join(text_of(packed(**{member: xml}), media_type))) < 1_000


def test_one_string_in_every_cell_is_cut() -> None:
    """A workbook that repeats a long string yields at most the limit."""
    cells = '<row><c t="s"><v>0</v></c></row>' * 5_000
    data = packed(
        xl__sharedStrings_xml=f'<sst xmlns="urn:x"><si><t>{"lång " * 1_000}</t></si></sst>',
        xl__worksheets__sheet1_xml=f'<worksheet xmlns="urn:x">{cells}</worksheet>',
    )
    assert len(data) < 50_000
    assert sum(map(len, text_of(data, XLSX))) <= limits.MOST_CHARACTERS


def test_a_workbook_by_another_writer() -> None:
    """A workbook written by XlsxWriter is read: text and numbers, a part per sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, rows in (("Kostnad", [("Björkby", 7.5), ("Granby", 12)]), ("Tidplan", [("Klart i mars", "")])):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    assert text_of(buffer.getvalue(), XLSX) == ["Björkby 7.5\nGranby 12", "Klart i mars"]


def test_open_document_by_libreoffice(tmp_path: Path) -> None:
    """An ODT saved by LibreOffice is read with its tables."""
    soffice = need("soffice")
    document = Document()
    document.add_heading("Driftformer", 1)
    document.add_paragraph("Värdkommunen sköter växeln åt alla.")
    document.add_table(1, 2).rows[0].cells[1].text = "Granby"
    document.save(str(tmp_path / "bilaga.docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "odt", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "bilaga.docx")], check=True, capture_output=True, timeout=180)
    (text,) = text_of((tmp_path / "bilaga.odt").read_bytes(), ODT)
    assert text.splitlines()[:2] == ["Driftformer", "Värdkommunen sköter växeln åt alla."]
    assert "Granby" in text


def test_an_open_document_spreadsheet() -> None:
    """The text of a cell that claims a million repetitions is read once."""
    names = 'xmlns:o="urn:o" xmlns:table="urn:table" xmlns:text="urn:text"'
    cell = "<table:table-cell{0}><text:p>{1}</text:p></table:table-cell>"
    row = cell.format("", "Björkby") + cell.format(' table:number-columns-repeated="1048576"', "7,50")
    xml = f"<o:d {names}><table:table><table:table-row>{row}</table:table-row></table:table></o:d>"
    assert text_of(packed(content_xml=xml), ODS) == ["Björkby\n7,50"]


def test_no_other_file_is_read(tmp_path: object) -> None:
    """An entity that refers to a local file yields nothing of it."""
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    xml = f'{entity}<w:d xmlns:w="{WORD}"><w:p><w:t>A&e;B</w:t></w:p></w:d>'
    with contextlib.suppress(Unreadable):
        assert text_of(packed(word__document_xml=xml), DOCX) == ["AB"]


def test_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file yields at most the limit."""
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 10)
    assert text_of(b"0123456789abc", "text/plain") == ["0123456789"]


@pytest.mark.parametrize("stray", [b"\r\n", b"\x00" * 1000])
def test_a_pdf_after_stray_bytes_is_read_and_bound(stray: bytes, tmp_path: Path) -> None:
    data = stray + pdf("Kalkylen")
    assert text_of(data, MEDIA["pdf"]) == ["Kalkylen"]
    source, target = tmp_path / "fil", tmp_path / "fil.pdf"
    source.write_bytes(data)
    to_bind(source, MEDIA["pdf"], "Kalkyl", target)
    assert text_of(target.read_bytes(), MEDIA["pdf"]) == ["Kalkylen"]
