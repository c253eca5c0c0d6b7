"""An uploaded DOCX as base: dangerous content is refused, its design is kept, and missing parts are reported."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openxml_audit
import pytest

from govern.documents.papers.files import protocol_docx, protocol_files
from govern.documents.papers.protocol import protocol_document
from govern.documents.style import HouseStyle
from govern.documents.word.own_base import OwnBase
from govern.documents.word.untrusted import MOST_BYTES, OLE, BaseRefusal, refuse_base
from tests.documents import letterheads
from tests.documents.examples import record
from tests.documents.letterheads import FOOT, HEAD, SHAPES, letterhead, related, repacked, replaced, with_field
from tests.documents.reading import characters, docx_text, pdf_body, run
from tests.need import need
from tests.tiers import quick_params

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


FOOTNOTES = (
    b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1">'
    b"<w:p><w:r><w:t>Hemlig not</w:t></w:r></w:p></w:footnote></w:footnotes>"
)


def swollen() -> bytes:
    """Return a small file that unpacks to 100 megabytes."""
    return repacked(letterhead(), lambda _, data: data, {"word/media/tom.bin": b"\0" * 100_000_000})


def renamed_macros() -> bytes:
    return replaced("[Content_Types].xml", MAIN, "application/vnd.ms-word.document.macroEnabled.main+xml")


def doctype() -> bytes:
    entity = '<!DOCTYPE w [<!ENTITY a "hej">]><w:document'
    return replaced("word/document.xml", "<w:document", entity)


REFUSED = {
    "nothing": (lambda: b"", BaseRefusal.NO_FILE),
    "text": (lambda: b"Hej", BaseRefusal.NOT_DOCX),
    "half": (lambda: letterhead()[:4000], BaseRefusal.NOT_DOCX),
    "too many bytes": (lambda: letterhead() + b"\0" * MOST_BYTES, BaseRefusal.TOO_LARGE),
    "old or locked": (lambda: OLE + b"\0" * 600, BaseRefusal.OLD_OR_LOCKED),
    "bomb": (swollen, BaseRefusal.BOMB),
    "many parts": (
        lambda: repacked(letterhead(), lambda _, data: data, {f"word/media/{n}": b"" for n in range(1200)}),
        BaseRefusal.BOMB,
    ),
    "way out": (lambda: repacked(letterhead(), lambda _, d: d, {"../../etc/x": b""}), BaseRefusal.NOT_DOCX),
    "spreadsheet": (lambda: replaced("[Content_Types].xml", MAIN, "application/xml"), BaseRefusal.NOT_DOCX),
    "template": (
        lambda: replaced("[Content_Types].xml", MAIN, MAIN.replace("document.main", "template.main")),
        BaseRefusal.TEMPLATE,
    ),
    "docm": (renamed_macros, BaseRefusal.MACROS),
    "macros": (
        lambda: repacked(letterhead(), lambda _, d: d, {"word/vbaProject.bin": b"x"}),
        BaseRefusal.MACROS,
    ),
    "attached template": (lambda: related("attachedTemplate", "file:///C:/Normal.dotm"), BaseRefusal.ATTACHED),
    "picture elsewhere": (lambda: related("image", "https://example.org/a.png"), BaseRefusal.EXTERNAL),
    "link to a file": (lambda: related("hyperlink", "file://server/share"), BaseRefusal.EXTERNAL),
    "object": (lambda: related("oleObject", "embeddings/a.bin", "Internal"), BaseRefusal.EMBEDDED),
    "embedded": (
        lambda: repacked(letterhead(), lambda _, d: d, {"word/embeddings/bok.xlsx": b"x"}),
        BaseRefusal.EMBEDDED,
    ),
    "html within": (lambda: related("aFChunk", "a.html", "Internal"), BaseRefusal.EMBEDDED),
    "doctype": (doctype, BaseRefusal.NOT_DOCX),
    "not xml": (lambda: replaced("word/styles.xml", "<w:styles", "<w:styles <"), BaseRefusal.NOT_DOCX),
    "dde": (lambda: with_field(" DDEAUTO c:\\\\cmd.exe"), BaseRefusal.EXTERNAL),
    "cut field": (lambda: with_field(" INCLUDE", "PICTURE ", "http://example.org/a.png"), BaseRefusal.EXTERNAL),
}


@pytest.mark.parametrize("which", REFUSED)
def test_refused(which: str) -> None:
    """Each cause has its own sentence, so that the uploader knows what to do."""
    made, refusal = REFUSED[which]
    assert refuse_base(made()) is refusal


@pytest.mark.parametrize("address", ["https://norrby.example/", "mailto:kommun@norrby.example"])
def test_a_plain_link_is_no_danger(address: str) -> None:
    assert refuse_base(related("hyperlink", address)) is None


@pytest.mark.parametrize("shape", quick_params(SHAPES, list(SHAPES)[:2]))
def test_a_letterhead_is_worn(shape: str, tmp_path: Path) -> None:
    """The document is valid and keeps the base's header, footer, margins and styles, but not its text."""
    base = letterhead(SHAPES[shape])
    assert refuse_base(base) is None
    made = protocol_docx(record(), HouseStyle(base=base), {})
    path = tmp_path / "protokoll.docx"
    path.write_bytes(made)
    assert [str(error) for error in openxml_audit.OpenXmlValidator().validate(str(path)).errors] == []
    theirs, ours = docx.Document(io.BytesIO(base)), docx.Document(io.BytesIO(made))
    for section in ours.sections:
        for name in ("page_width", "page_height", "left_margin", "right_margin", "top_margin", "bottom_margin"):
            assert getattr(section, name) == getattr(theirs.sections[0], name)
    assert ours.styles["Normal"].font.name == "Liberation Serif"
    assert FOOT in "\n".join(p.text for p in ours.sections[0].footer.paragraphs)
    head = "\n".join(p.text for p in ours.sections[0].header.paragraphs)
    assert (HEAD in head) is (shape != "bare")
    assert "Sammanträdesprotokoll 22 april 2024" in head
    assert "Skriv texten här" not in made.decode("latin-1")
    assert "Skriv texten här" not in "\n".join(p.text for p in ours.paragraphs)


@pytest.mark.parametrize("shape", SHAPES)
def test_pages_are_counted_once(shape: str) -> None:
    """The base's own page numbers are used if it has any; otherwise Govern adds them on every kind of page."""
    made = docx.Document(io.BytesIO(protocol_docx(record(), HouseStyle(base=letterhead(SHAPES[shape])), {})))
    section = made.sections[0]
    kinds = [(section.header, section.footer)]
    if section.different_first_page_header_footer:
        kinds += [(section.first_page_header, section.first_page_footer)]
        kinds += [(section.even_page_header, section.even_page_footer)]
    for head, foot in kinds:
        codes = head._element.xpath(".//w:instrText/text() | .//w:fldSimple/@w:instr")
        codes += foot._element.xpath(".//w:instrText/text() | .//w:fldSimple/@w:instr")
        assert [code.split()[0] for code in codes].count("PAGE") == 1


SAID = {
    "plain": ("filled", "Sidnummer: läggs till i sidhuvudet."),
    "counts pages": ("used", "Sidnummer."),
    "numbered headings": ("left_out", "Numreringen i Rubrik 2: paragraferna har sina egna nummer."),
    "several sections": ("left_out", "Alla avsnitt utom det första (dokumentet har 2)."),
    "locked": ("left_out", "Skrivskydd, ändringsspårning och dokumentkoppling."),
    "table in head": ("used", "Sidhuvud med bild."),
    "bare": ("filled", "Sidhuvud: dokumentet har inget."),
}


@pytest.mark.parametrize("shape", SAID)
def test_what_is_missing_is_said(shape: str) -> None:
    where, sentence = SAID[shape]
    findings = OwnBase(letterhead(SHAPES[shape]), "1f4e5f").findings
    assert sentence in getattr(findings, where)


def test_a_bare_base_lacks_its_styles() -> None:
    """Each missing style is listed by the name that Word displays."""
    found = OwnBase(letterhead(letterheads.bare), "1f4e5f").findings
    assert found.used[1] == "Formatmallar: Normal, Sidhuvud, Sidfot."
    missing = next(sentence for sentence in found.filled if sentence.startswith("Formatmallar"))
    assert all(name in missing for name in ("Rubrik 1", "Rubrik 6", "Forum", "Protokolltabell", "Hyperlänk"))


def test_a_number_comes_from_the_record_alone() -> None:
    """An automatically numbered heading style would print `1. § 40`."""
    base = letterhead(letterheads.numbered_headings)
    made = docx.Document(io.BytesIO(protocol_docx(record(), HouseStyle(base=base), {})))
    assert not made.styles["Heading 2"].element.xpath("w:pPr/w:numPr")


def test_a_lock_is_opened_and_the_text_is_not_carried_along() -> None:
    """Protection, change tracking and the thumbnail are removed from the package as well."""
    base = letterhead(letterheads.locked)
    made = protocol_docx(record(), HouseStyle(base=base), {})
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        settings = package.read("word/settings.xml").decode()
        assert not [name for name in package.namelist() if "thumbnail" in name]
    assert "documentProtection" not in settings
    assert "trackRevisions" not in settings


def test_nobodys_name_is_carried_along() -> None:
    """The letterhead's author and its footnotes are removed from the package."""
    noted = related("footnotes", "footnotes.xml", "Internal")
    noted = repacked(noted, lambda _, data: data, {"word/footnotes.xml": FOOTNOTES, "docProps/custom.xml": b"<a/>"})
    for base in (letterhead(letterheads.signed_by_someone), noted):
        with zipfile.ZipFile(io.BytesIO(protocol_docx(record(), HouseStyle(base=base), {}))) as package:
            parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
        assert not [name for name, text in parts.items() if "Hemlig" in text]
        assert not {"word/footnotes.xml", "docProps/custom.xml"} & set(parts)


def test_a_logo_is_not_set_beside_the_letterheads_own() -> None:
    picture = io.BytesIO()
    letterheads.Image.new("RGB", (60, 30), "black").save(picture, "PNG")
    style = {"logo": picture.getvalue(), "logo_alt": "Logotyp"}
    beside = HouseStyle(base=letterhead(), **style)  # type: ignore[arg-type]
    alone = HouseStyle(base=letterhead(letterheads.bare), **style)  # type: ignore[arg-type]
    counts = [len(docx.Document(io.BytesIO(protocol_docx(record(), one, {}))).inline_shapes) for one in (beside, alone)]
    assert counts == [0, 1]


@pytest.mark.office
@pytest.mark.parametrize(
    "shape",
    quick_params(["plain", "first page differs", "wide margin", "bare", "libreoffice"], ["first page differs"]),
)
def test_it_says_the_same_as_the_pdf(shape: str, tmp_path: Path) -> None:
    """Read by LibreOffice, the DOCX has every word of the PDF, in order, on every base."""
    need("soffice")
    base = letterheads.by_libreoffice(tmp_path) if shape == "libreoffice" else letterhead(SHAPES[shape])
    assert refuse_base(base) is None
    style = HouseStyle(base=base, header_text="Samverkan Norra")
    files = protocol_files(record(), style)
    read = pdf_body(files.pdf, protocol_document(record(), style))
    assert characters(docx_text(files.docx, tmp_path)) == characters(read)
    (tmp_path / "protokoll.docx").write_bytes(files.docx)
    assert [str(e) for e in openxml_audit.OpenXmlValidator().validate(str(tmp_path / "protokoll.docx")).errors] == []


@pytest.mark.office
def test_libreoffice_shows_the_letterhead_on_every_page(tmp_path: Path) -> None:
    need("soffice")
    (tmp_path / "protokoll.docx").write_bytes(protocol_docx(record(), HouseStyle(base=letterhead())))
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf"]
    run(*command, "--outdir", str(tmp_path), str(tmp_path / "protokoll.docx"))
    pages = run("pdftotext", "-layout", str(tmp_path / "protokoll.pdf"), "-").split("\f")[:-1]
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert HEAD in page
        assert FOOT in page
        assert f"Sida {number} ({len(pages)})" in page
        assert "Utdragsbestyrkande" in page
