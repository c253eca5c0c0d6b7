"""Letterheads as organisations have them, made by python-docx and by LibreOffice, and ways to corrupt one."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from PIL import Image

HEAD, FOOT = "Norrby kommun", "Storgatan 1 · 999 99 Norrby"


def letterhead(shape: Callable[[docx.document.Document], None] = lambda _: None) -> bytes:
    """Make a letterhead: A4, a picture and a name in the head, an address in the foot, and its own styles."""
    file = docx.Document()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = Mm(30)
    picture = io.BytesIO()
    Image.new("RGB", (300, 80), "#7a1f3d").save(picture, "PNG")
    section.header.paragraphs[0].add_run().add_picture(picture, height=Mm(10))
    section.header.paragraphs[0].add_run(f" {HEAD}")
    section.footer.paragraphs[0].text = FOOT
    file.styles["Normal"].font.name = "Liberation Serif"
    file.styles["Normal"].font.size = Pt(11)
    file.add_paragraph("Skriv texten här.")
    shape(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def by_libreoffice(folder: Path) -> bytes:
    """Make a letterhead written by LibreOffice from HTML, with LibreOffice's style names."""
    page = folder / "brev.html"
    page.write_text(
        "<html><head><meta charset='utf-8'><style>@page { size: A4; margin: 30mm 25mm }</style></head><body>"
        f"<div title='header'><p>{HEAD}</p></div><h1>Rubrik</h1><ol><li>Ett</li></ol>"
        f"<div title='footer'><p>{FOOT}</p></div></body></html>"
    )
    profile = (folder / "profile").as_uri()
    command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--infilter=HTML (StarWriter)"]
    subprocess.run(
        [*command, "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(page)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "brev.docx").read_bytes()


# --- Features of letterheads ---


def first_page_differs(file: docx.document.Document) -> None:
    """Give the first page and even pages different heads."""
    section = file.sections[0]
    section.different_first_page_header_footer = True
    file.settings.odd_and_even_pages_header_footer = True
    section.first_page_header.paragraphs[0].text = f"{HEAD}, första sidan"
    section.even_page_header.paragraphs[0].text = f"{HEAD}, jämn sida"


def counts_pages(file: docx.document.Document) -> None:
    """Number the pages."""
    paragraph = file.sections[0].footer.add_paragraph()
    paragraph._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )


def wide_margin(file: docx.document.Document) -> None:
    """Widen the margin so that numbers can hang in it."""
    file.sections[0].left_margin = Mm(50)


def table_in_head(file: docx.document.Document) -> None:
    """Lay out the head with a table."""
    table = file.sections[0].header.add_table(1, 2, Mm(160))
    table.cell(0, 1).text = "Diarienummer"


def numbered_headings(file: docx.document.Document) -> None:
    """Number the headings automatically."""
    properties = file.styles["Heading 2"].element.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = 1


def several_sections(file: docx.document.Document) -> None:
    """Add a cover, and a landscape section in columns after it."""
    section = file.add_section()
    section.page_width, section.page_height = Mm(297), Mm(210)
    columns = section._sectPr.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")


def locked(file: docx.document.Document) -> None:
    """Protect the document against changes, with change tracking on."""
    settings = file.settings.element
    for name in ("w:documentProtection", "w:trackRevisions"):
        settings.insert(1, OxmlElement(name))


def signed_by_someone(file: docx.document.Document) -> None:
    """Add document properties with a personal name that must not be disclosed."""
    facts = file.core_properties
    facts.last_modified_by, facts.keywords, facts.author = "Rut Hemlig", "utkast", "Rut Hemlig"


def bare(file: docx.document.Document) -> None:
    """Reduce it to hardly any styles, no numbering, and an empty head and foot."""
    for style in list(file.styles.element.findall(qn("w:style"))):
        if style.get(qn("w:styleId")) not in {"Normal", "Header", "Footer"}:
            file.styles.element.remove(style)
    part = file.part
    for key in [key for key, relation in part.rels.items() if relation.reltype.endswith(("/numbering", "/header"))]:
        del part.rels[key]
    for reference in file.element.body.sectPr.findall(qn("w:headerReference")):
        file.element.body.sectPr.remove(reference)
    for paragraph in file.element.body.findall(qn("w:p")):
        file.element.body.remove(paragraph)


SHAPES = {
    "plain": lambda _: None,
    "first page differs": first_page_differs,
    "counts pages": counts_pages,
    "wide margin": wide_margin,
    "table in head": table_in_head,
    "numbered headings": numbered_headings,
    "several sections": several_sections,
    "locked": locked,
    "signed by someone": signed_by_someone,
    "bare": bare,
}


# --- Ways to corrupt a letterhead ---


def repacked(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> bytes:
    """Pack it again with each part changed, and with more parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return buffer.getvalue()


def replaced(part: str, old: str, new: str, more: dict[str, bytes] | None = None) -> bytes:
    """Replace text in one part."""
    return repacked(
        letterhead(),
        lambda name, data: data.replace(old.encode(), new.encode(), 1) if name == part else data,
        more,
    )


def related(kind: str, target: str, mode: str = "External") -> bytes:
    """Add a relationship to an address."""
    made = (
        f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    return replaced("word/_rels/document.xml.rels", "</Relationships>", made)


def with_field(*pieces: str) -> bytes:
    """Add a field to the head, with its code split over several runs."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return replaced("word/header1.xml", "</w:p>", f"{runs}</w:p>")
