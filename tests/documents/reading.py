"""Read documents back with programs other than those that wrote them."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import page
import pypdfium2

from govern.documents.content import Document, clean

BULLETS = re.compile(r"(?:^|\s)[•◦▪](?=\s)")


GOES_ON = re.compile(r"^§ \S+ forts\. ?")
"""What the head of a page says when a § runs over from the page before."""


def pdf_pages(pdf: bytes) -> list[str]:
    """Give each page's text as pdfium reads it; a word that was hyphenated at a line's end is joined again."""
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


def pdf_body(pdf: bytes, document: Document, repeated_heads: Sequence[str] = ()) -> str:
    """Give the PDF's running text, without what each page repeats, such as a table's head on its further pages."""
    pages = pdf_pages(pdf)
    bodies = []
    for number, text in enumerate(pages, 1):
        furniture = [clean(document.running)] if number > 1 else []
        furniture += [" ".join(document.strip), f"Sida {number} ({len(pages)})"]
        rest = " ".join(text.split())
        for repeated in filter(None, furniture):
            rest = GOES_ON.sub("", rest)
            assert rest.startswith(repeated), (rest[:200], repeated)
            rest = rest[len(repeated) :].lstrip()
        for head in repeated_heads:
            if any(head in body for body in bodies):
                rest = rest.removeprefix(head).lstrip()
        bodies.append(rest)
    return " ".join(bodies)


def docx_text(docx: bytes, folder: Path) -> str:
    """Give the DOCX's text as LibreOffice reads it."""
    (folder / "document.docx").write_bytes(docx)
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation={profile}",
            "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder), str(folder / "document.docx"),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "document.txt").read_text("utf-8-sig")


def characters(text: str) -> str:
    """Boil text down to what must be equal: its characters in order, without spaces, hyphens and bullets."""
    text = unicodedata.normalize("NFC", BULLETS.sub(" ", text))
    return re.sub(r"[\s\-\u25a1]", "", text)


def faults(pdf: bytes) -> Sequence[str]:
    """Give what the validator holds against the file as PDF/A-2a and PDF/UA-1."""
    found = [
        f"{failure.rule_id}: {failure.message}"
        for profile in (page.ValidationProfile.PDF_A_2A, page.ValidationProfile.PDF_UA_1)
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]
    # Data whose last byte is a carriage return makes the validator count one byte too few; qpdf counts right.
    if re.search(rb"\r\nendstream", pdf):
        found = [fault for fault in found if not fault.startswith("PDFA2A-STREAM-LENGTH-001")]
    return found


def run(*command: str | Path) -> str:
    """Run a program and give what it printed."""
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=120)
    return done.stdout.decode()
