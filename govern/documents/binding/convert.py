"""Convert a paper to a PDF that can be bound: pictures and plain text here, office files with LibreOffice."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from govern import limited
from govern.documents.binding import sandbox
from govern.documents.content import Document, Heading, paragraphs
from govern.documents.pdf.measures import A4, MM
from govern.documents.style import HouseStyle
from govern.documents.writers import write_pdf
from govern.errors import GovernError, Refusal
from govern.media import MEDIA
from govern.reading.limits import Unreadable
from govern.reading.mails import read_mail
from govern.reading.plain import decoded
from govern.write_lock import slow

log = logging.getLogger(__name__)

HEAVY = ("PIL.ImageOps", "pikepdf", "reportlab.pdfgen.canvas")
"""Imported once by the process that converts papers; see `limited`."""

MARGIN = 15 * MM
MOST_TEXT = 400_000
"""The longest plain text that is converted, in characters: some 150 pages."""

MOST_PIXELS = 80_000_000
SECONDS = 120
MEMORY_MB = 1_500
OFFICE_MEMORY_MB = 4_000
"""The limits for converting one file. LibreOffice reserves far more memory than it uses."""

OFFICE = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)


MAIL = (MEDIA["eml"], MEDIA["msg"])

NOT_HERE = "Filer av den här sorten kan inte visas här."


class Unconvertible(GovernError):
    """Raise when a file cannot be shown in the PDF; the message is a Swedish sentence that says why."""


def to_bind(path: Path, media_type: str, title: str, target: Path) -> None:
    """Convert the file to a PDF that can be bound, in a separate process.

    Raises:
        Unconvertible: if it cannot be shown, or exceeds the limits; retrying would not help.
    """
    office = media_type.startswith(OFFICE)
    if office and office_off():
        raise Unconvertible(NOT_HERE)
    memory_mb = OFFICE_MEMORY_MB if office else MEMORY_MB
    try:
        limited.run(_bindable, str(path), media_type, title, str(target), seconds=SECONDS, memory_mb=memory_mb)
    except limited.TooHeavy as error:
        log.warning("convert: %s: %s", path.name, error.detail)
        raise Unconvertible("Filen tar för lång tid eller för mycket minne att visa.") from error
    except limited.Crashed as error:
        raise Unconvertible("Filen är skadad eller av en sort som inte kan visas här.") from error


def _bindable(path: str, media_type: str, title: str, target: str) -> None:
    import pikepdf  # noqa: PLC0415 — see HEAVY.

    made = to_pdf(Path(path), media_type, title)
    try:
        with pikepdf.open(io.BytesIO(made) if isinstance(made, bytes) else made) as opened, pikepdf.new() as pages:
            if "/AcroForm" in opened.Root:  # Values and signatures become page content.
                opened.flatten_annotations("all")
                if "/AcroForm" in opened.Root:
                    del opened.Root.AcroForm
            pages.pages.extend(opened.pages)
            if not len(pages.pages):
                raise Unconvertible("Filen har inga sidor.")
            pages.save(target)
    except pikepdf.PasswordError as error:
        raise Unconvertible("PDF-filen är låst med ett lösenord och kan inte visas här.") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unconvertible("Filen är skadad eller av en sort som inte kan visas här.") from error


@slow("converting a paper")
def to_pdf(path: Path, media_type: str, title: str) -> bytes | Path:
    """Return the file as PDF, or its path if it is one already. To be called in a separate process.

    Raises:
        Unconvertible: if it cannot be shown.
    """
    if media_type == "application/pdf":
        return path
    if media_type.startswith("image/"):
        return _picture(path, title)
    if media_type in MAIL:
        return _mail(path, title)
    if media_type.startswith("text/"):
        return _text(path, title)
    if media_type.startswith(OFFICE):
        return _office(path, media_type)
    raise Unconvertible("Filen är av en sort som inte kan visas här.")


def _picture(path: Path, title: str) -> bytes:
    """Place a picture on a page of its own orientation, scaled down to fit if need be."""
    from PIL import Image, ImageOps  # noqa: PLC0415 — see HEAVY.
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

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
    page = A4[::-1] if picture.width > picture.height else A4
    scale = min((page[0] - 2 * MARGIN) / picture.width, (page[1] - 2 * MARGIN) / picture.height, 1.0)
    width, height = picture.width * scale, picture.height * scale
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page, invariant=1)
    canvas.setTitle(title)
    canvas.drawImage(ImageReader(picture), (page[0] - width) / 2, page[1] - MARGIN - height, width, height)
    canvas.save()
    return buffer.getvalue()


def _text(path: Path, title: str) -> bytes:
    return _typed(decoded(path.read_bytes()), title, "(Filen är tom.)")


def _mail(path: Path, title: str) -> bytes:
    """Write a message as a page: its headers, its text, and the names of the files enclosed in it."""
    try:
        found = read_mail(path.read_bytes())
    except Unreadable as error:
        raise Unconvertible("Brevet är skadat och kan inte visas här.") from error
    above = "\n".join(f"{label}: {words}" for label, words in found.lines)
    return _typed(f"{above}\n\n{found.text}", title, "(Brevet är tomt.)")


def _typed(text: str, title: str, empty: str) -> bytes:
    """Write plain text under a heading; a blank line separates paragraphs."""
    if len(text) > MOST_TEXT:
        raise Unconvertible("Texten är för lång för att visas här.")
    style = HouseStyle()
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    elements = (Heading(2, title, anchor="text"), paragraphs(*(blocks or [empty])))
    return write_pdf(
        Document(title=title, author="", running=title, strip=(), elements=elements, accent=style.accent)
    ).pdf


class OfficeOff(Refusal):
    """Why office files are not converted on this server."""

    NO_PROGRAM = "LibreOffice är inte installerat på servern."
    NO_SANDBOX = (
        "LibreOffice används inte på servern, för det går inte att stänga in: bubblewrap saknas eller får inte köras."
    )


def office_off() -> OfficeOff | None:
    """Return why LibreOffice is not used here, if so. It reads untrusted files, so it is only run in a sandbox."""
    if _program() is None:
        return OfficeOff.NO_PROGRAM
    return None if sandbox.available() else OfficeOff.NO_SANDBOX


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _office(path: Path, media_type: str) -> bytes:
    """Convert an office file with LibreOffice, in a sandbox with a temporary folder."""
    program = _program()
    if program is None or not sandbox.available():
        raise Unconvertible(NOT_HERE)
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"handling.{_ending(media_type)}"
        source.write_bytes(path.read_bytes())
        profile = f"-env:UserInstallation=file://{sandbox.INSIDE}/profile"
        command = [program, profile, "--headless", "--norestore", "--convert-to", "pdf", source.name]
        try:
            sandbox.run(command, Path(folder), seconds=SECONDS)
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            log.warning("convert: LibreOffice could not print a file: %s", error)
            raise Unconvertible("Filen kunde inte göras om till PDF.") from error


def _ending(media_type: str) -> str:
    endings = {"wordprocessingml.document": "docx", "spreadsheetml.sheet": "xlsx", "presentation": "pptx"}
    named = next((ending for part, ending in endings.items() if media_type.endswith(part)), None)
    return named or ("ods" if media_type.endswith("spreadsheet") else "odt")
