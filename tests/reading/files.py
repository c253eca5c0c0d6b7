"""Small files of every kind, made here so that what is in them is known."""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

PARTS = "application/vnd.openxmlformats-officedocument."
DOCX = f"{PARTS}wordprocessingml.document"
XLSX = f"{PARTS}spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(**members: str) -> bytes:
    """Pack members; `__` in a name stands for a slash and `_xml` for its ending."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return buffer.getvalue()


def word(body: str) -> bytes:
    """Write a bare Word document around a body."""
    head = f'<w:document xmlns:w="{WORD}" xmlns:mc="urn:mc" xmlns:wps="urn:wps"><w:body>{body}</w:body></w:document>'
    return packed(word__document_xml=head)


def pdf(*pages: str) -> bytes:
    """Write a PDF, a page a string; an empty one is blank, as a scan is to a reader of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in pages:
        for place, line in enumerate(page.splitlines()):
            canvas.drawString(72, 720 - 20 * place, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def png(size: tuple[int, int] = (300, 200)) -> bytes:
    """Draw a picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#12503f").save(buffer, "PNG")
    return buffer.getvalue()
