"""Render the pages of a document as pictures for the screen, with PDFium, one document at a time in each process."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from PIL import Image

from govern import limited
from govern.documents.binding.convert import OFFICE_MEMORY_MB, Unconvertible, to_pdf
from govern.media import MEDIA
from govern.reading.pdf import LOCK

WIDTH = 900
"""The width of a page in pixels: sharp at half that width on a high-resolution screen."""

PATIENCE = 20.0
"""Seconds to wait while LibreOffice converts a document for another request."""


SECONDS = 60
"""The time limit for converting and rendering a document, in seconds; a user is waiting for it."""

_office = threading.Lock()


def pictures(pdf: bytes, most: int) -> list[bytes]:
    """Render the first pages, at most `most`, as PNG."""
    with LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_draw(document, number) for number in range(min(len(document), most))]
        finally:
            document.close()


def _draw(document: pypdfium2.PdfDocument, number: int) -> bytes:
    page = document[number]
    try:
        bitmap = page.render(scale=WIDTH / page.get_width())
        try:
            picture = bitmap.to_pil().convert("RGB").quantize(128, Image.Quantize.FASTOCTREE)
        finally:
            bitmap.close()
    finally:
        page.close()
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def office_pictures(docx: bytes, most: int) -> list[bytes]:
    """Render the first pages of a DOCX, at most `most`, with LibreOffice; one document at a time.

    Raises:
        Unconvertible: if LibreOffice is missing, busy for too long, or cannot convert it.
    """
    if not _office.acquire(timeout=PATIENCE):
        raise Unconvertible("Servern ritar redan sidor åt någon annan. Försök igen om en stund.")
    try:
        return limited.run(_drawn, docx, most, seconds=SECONDS, memory_mb=OFFICE_MEMORY_MB)
    except (limited.TooHeavy, limited.Crashed) as error:
        raise Unconvertible("Sidorna gick inte att rita: dokumentet är för stort eller skadat.") from error
    finally:
        _office.release()


def _drawn(docx: bytes, most: int) -> list[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prov.docx"
        path.write_bytes(docx)
        made = to_pdf(path, MEDIA["docx"], "")
    return pictures(made if isinstance(made, bytes) else made.read_bytes(), most)
