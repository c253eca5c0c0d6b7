"""A paper of any kind to a PDF that can be bound: pictures and text by ourselves, office files by LibreOffice."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageOps
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from govern.documents.content import Document, Heading, paragraphs
from govern.documents.pdf import write_pdf
from govern.documents.style import HouseStyle
from govern.errors import GovernError
from govern.reading.plain import decoded
from govern.write_lock import slow

log = logging.getLogger(__name__)

MARGIN = 15 * mm
MOST_TEXT = 400_000
"""Characters of a plain text that are set; some 150 pages."""

MOST_PIXELS = 80_000_000
SECONDS = 120
"""How long LibreOffice may take for one file."""

OFFICE = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)


class Unconvertible(GovernError):
    """Raise with a Swedish sentence that says why a file cannot be shown in the PDF."""


@slow("converting a paper")
def to_pdf(path: Path, media_type: str, title: str) -> bytes | Path:
    """Give the file as PDF: the path itself when it is one.

    Raises:
        Unconvertible: when it cannot be shown.
    """
    if media_type == "application/pdf":
        return path
    if media_type.startswith("image/"):
        return _picture(path, title)
    if media_type.startswith("text/"):
        return _text(path, title)
    if media_type.startswith(OFFICE):
        return _office(path, media_type)
    raise Unconvertible("Filen är av en sort som inte kan visas här.")


def _picture(path: Path, title: str) -> bytes:
    """Set a picture as large as a page allows, upright or across as it is itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Unconvertible("Bilden är för stor för att visas här.")
                picture: Image.Image = ImageOps.exif_transpose(opened) or opened
                picture = picture.convert("RGB")
    except Unconvertible:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unconvertible("Bilden är skadad och kan inte visas här.") from error
    page = landscape(A4) if picture.width > picture.height else A4
    scale = min((page[0] - 2 * MARGIN) / picture.width, (page[1] - 2 * MARGIN) / picture.height, 1.0)
    width, height = picture.width * scale, picture.height * scale
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page, invariant=1)
    canvas.setTitle(title)
    canvas.drawImage(ImageReader(picture), (page[0] - width) / 2, page[1] - MARGIN - height, width, height)
    canvas.save()
    return buffer.getvalue()


def _text(path: Path, title: str) -> bytes:
    text = decoded(path.read_bytes())
    if len(text) > MOST_TEXT:
        raise Unconvertible("Texten är för lång för att visas här.")
    style = HouseStyle()
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    elements = (Heading(2, title, anchor="text"), paragraphs(*(blocks or ["(Filen är tom.)"])))
    return write_pdf(
        Document(title=title, author="", running=title, strip=(), elements=elements, accent=style.accent)
    ).pdf


def has_office() -> bool:
    """Say whether LibreOffice is installed here."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _office(path: Path, media_type: str) -> bytes:
    """Print an office file by LibreOffice, in a profile and a folder of its own that are gone afterwards."""
    program = _program()
    if program is None:
        raise Unconvertible("Filen kan inte visas här.")
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"handling.{_ending(media_type)}"
        source.write_bytes(path.read_bytes())
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
        try:
            subprocess.run(  # noqa: S603 — our own words and a file name of our own
                [*command, "--outdir", folder, str(source)], check=True, capture_output=True, timeout=SECONDS
            )
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            log.warning("convert: LibreOffice could not print a file: %s", error)
            raise Unconvertible("Filen kunde inte göras om till PDF.") from error


def _ending(media_type: str) -> str:
    endings = {"wordprocessingml.document": "docx", "spreadsheetml.sheet": "xlsx", "presentation": "pptx"}
    named = next((ending for part, ending in endings.items() if media_type.endswith(part)), None)
    return named or ("ods" if media_type.endswith("spreadsheet") else "odt")
