"""Prepare an uploaded logo for print: decode it, flatten it onto white, and encode it again as PNG."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

from govern import limited
from govern.errors import Refusal
from govern.write_lock import slow

HEAVY = ("PIL.ImageOps",)
"""Imported once by the process that reads logos; see `limited`."""

MOST_BYTES = 4_000_000
MOST_PIXELS = 25_000_000
LARGEST = (1600, 600)
"""The largest logo stored, in pixels: it is printed at most 70 × 18 mm, where more would not be visible."""

LEAST = 16
SECONDS = 20
MEMORY_MB = 800
"""The limits for reading one logo."""

FORMATS = ("PNG", "JPEG")


class LogoRefusal(Refusal):
    """Why a file cannot be a logo."""

    NO_FILE = "Välj en bild i formatet PNG eller JPEG."
    NO_TEXT = "Beskriv logotypen med några ord för den som inte ser den, till exempel ”Nordsams logotyp”."
    TOO_LARGE = "Bilden är större än 4 MB. Spara den mindre och försök igen."
    VECTOR = "SVG kan innehålla program och tas inte emot. Spara logotypen som PNG och försök igen."
    NOT_PICTURE = "Filen är ingen bild i formatet PNG eller JPEG, eller är skadad."
    TOO_MANY_PIXELS = "Bilden har för många bildpunkter. Spara den mindre, 1600 bildpunkter bred räcker."
    TOO_SMALL = "Bilden är för liten för att skrivas ut. Den behöver minst 16 bildpunkter åt varje håll."


def written_logo(data: bytes) -> LogoRefusal | bytes:
    """Encode the picture again as `read_logo` does, in a separate process that is killed if it exceeds its limits."""
    refusal = _refuse_file(data)
    if refusal is not None:
        return refusal
    try:
        return limited.run(read_logo, data, seconds=SECONDS, memory_mb=MEMORY_MB)
    except limited.TooHeavy:
        return LogoRefusal.TOO_MANY_PIXELS
    except limited.Crashed:
        return LogoRefusal.NOT_PICTURE


@slow("reading a picture")
def read_logo(data: bytes) -> LogoRefusal | bytes:
    """Encode a picture again, keeping only its pixels; return a refusal if it cannot be used."""
    from PIL import Image, ImageOps  # noqa: PLC0415 — see HEAVY.

    refusal = _refuse_file(data)
    if refusal is not None:
        return refusal
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                return _refuse_size(*opened.size) or _written(ImageOps.exif_transpose(opened) or opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return LogoRefusal.TOO_MANY_PIXELS
    except (OSError, SyntaxError, ValueError, EOFError):
        return LogoRefusal.NOT_PICTURE


def _refuse_file(data: bytes) -> LogoRefusal | None:
    if not data:
        return LogoRefusal.NO_FILE
    if len(data) > MOST_BYTES:
        return LogoRefusal.TOO_LARGE
    return LogoRefusal.VECTOR if b"<svg" in data[:2000].lower() else None


def _refuse_size(width: int, height: int) -> LogoRefusal | None:
    """Check the size declared in the file, before any pixel is decoded."""
    if width * height > MOST_PIXELS:
        return LogoRefusal.TOO_MANY_PIXELS
    return LogoRefusal.TOO_SMALL if min(width, height) < LEAST else None


def _written(picture: Image.Image) -> bytes:
    """Scale the picture down and flatten it onto white, so that neither PDF nor DOCX needs transparency."""
    from PIL import Image  # noqa: PLC0415 — see HEAVY.

    clear = picture.convert("RGBA")
    clear.thumbnail(LARGEST)
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    buffer = io.BytesIO()
    paper.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
