"""Read documents with other software than that which wrote them."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import page
import pypdfium2

from govern.documents.content import Body, Document, clean
from govern.documents.fonts import REGULAR, by_coverage
from govern.documents.pdf.page import RUNNING, clipped
from govern.richtext import Blocks, Lst, Table, text_of

BULLETS = re.compile(r"(?:^|\s)[•◦▪](?=\s)")


GOES_ON = re.compile(r"^§ \S+ forts\. ?")
"""The head of a page on which a § continues from the page before."""


def pdf_pages(pdf: bytes) -> list[str]:
    """Return each page's text as PDFium reads it, with words hyphenated at a line's end joined."""
    file = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for leaf in file:
            text = leaf.get_textpage()
            pages.append(re.sub("[\x02\ufffe]\r?\n?", "", text.get_text_range()))
            text.close()
            leaf.close()
        return pages
    finally:
        file.close()


def pdf_bodies(pdf: bytes, document: Document) -> list[str]:
    """Return each page's body text, without the head and foot that every page repeats."""
    pages = pdf_pages(pdf)
    bodies = []
    for number, text in enumerate(pages, 1):
        furniture = [clean(document.header), clipped(clean(document.running), RUNNING)] if number > 1 else []
        furniture += [" ".join(document.strip), f"Sida {number} ({len(pages)})"]
        rest = " ".join(text.split())
        for repeated in filter(None, furniture):
            rest = GOES_ON.sub("", rest)
            assert rest.startswith(repeated), (rest[:200], repeated)
            rest = rest[len(repeated) :].lstrip()
        bodies.append(rest)
    return bodies


def pdf_body(pdf: bytes, document: Document, repeated_heads: Sequence[str] = ()) -> str:
    """Return the PDF's body text, without what pages repeat, such as a table's head on its further pages."""
    bodies: list[str] = []
    for text in pdf_bodies(pdf, document):
        rest = text
        for head in repeated_heads:
            if any(head in body for body in bodies):
                rest = rest.removeprefix(head).lstrip()
        bodies.append(rest)
    return " ".join(bodies)


def docx_text(docx: bytes, folder: Path) -> str:
    """Return the text of a DOCX file as LibreOffice reads it."""
    return docx_texts([docx], folder)[0]


def docx_texts(files: Sequence[bytes], folder: Path) -> list[str]:
    """Return the text of many DOCX files as LibreOffice reads them, in one run of LibreOffice."""
    sources = _by_libreoffice(files, folder, "txt:Text (encoded):UTF8")
    return [source.with_suffix(".txt").read_text("utf-8-sig") for source in sources]


def docx_pages(docx: bytes, folder: Path) -> list[str]:
    """Return the text of each page on which LibreOffice sets a DOCX."""
    (source,) = _by_libreoffice([docx], folder, "pdf")
    return pdf_pages(source.with_suffix(".pdf").read_bytes())


def _by_libreoffice(files: Sequence[bytes], folder: Path, kind: str) -> list[Path]:
    sources = [folder / f"document{number}.docx" for number in range(len(files))]
    for source, docx in zip(sources, files, strict=True):
        source.write_bytes(docx)
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return sources


def characters(text: str) -> str:
    """Reduce text to what must be equal: its characters in order, without spaces, hyphens and bullets.

    Characters in no typeface are removed too: the PDF shows a box for them.
    """
    text = unicodedata.normalize("NFC", BULLETS.sub(" ", text))
    text = re.sub(r"[\s\-\u25a1]", "", text)
    return text if text.isascii() else "".join(c for c in text if _has_glyph(c))


@cache
def _has_glyph(character: str) -> bool:
    return all(actual is None for *_, actual in by_coverage(character, REGULAR))


def difference(docx: str, pdf_pages: Sequence[str], heads: Sequence[str]) -> str:
    """Return where the DOCX's text and the PDF's pages differ; a page may begin with a repeated table head."""
    whole, at = characters(docx), 0
    for number, page_text in enumerate(pdf_pages, 1):
        told = characters(page_text)
        ways = [told, *(told.removeprefix(characters(head)) for head in heads)]
        found = max(ways, key=lambda text: _shared(text, whole[at : at + len(text)]))
        same = _shared(found, whole[at : at + len(found)])
        if same < len(found):
            return f"page {number}: {found[same : same + 80]!r} is not {whole[at + same : at + same + 80]!r}"
        at += len(found)
    return "" if at == len(whole) else f"only the DOCX says {whole[at : at + 80]!r}"


def _shared(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def heads_of(document: Document) -> list[str]:
    """Return the heads of the document's tables, which are repeated on further pages."""
    tables = [b for e in document.elements if isinstance(e, Body) for b in tables_in(e.blocks)]
    return ["".join(text_of(c.blocks) for row in t.rows[: t.head_rows] for c in row) for t in tables if t.head_rows]


def tables_in(blocks: Blocks) -> Iterator[Table]:
    """Yield every table, including those in lists."""
    for block in blocks:
        match block:
            case Table():
                yield block
            case Lst(_, items):
                for item in items:
                    yield from tables_in(item.blocks)


def faults(pdf: bytes) -> Sequence[str]:
    """Return the validator's findings for the file as PDF/A-2a and PDF/UA-1."""
    found = [
        f"{failure.rule_id}: {failure.message}"
        for profile in (page.ValidationProfile.PDF_A_2A, page.ValidationProfile.PDF_UA_1)
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]
    # The validator counts one byte too few in data that ends with a carriage return; qpdf counts right.
    if re.search(rb"\r\nendstream", pdf):
        found = [fault for fault in found if not fault.startswith("PDFA2A-STREAM-LENGTH-001")]
    return found


def run(*command: str | Path) -> str:
    """Run a program and return its output."""
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=120)
    return done.stdout.decode()
