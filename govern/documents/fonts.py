"""The fonts of documents: loading, text widths, and character coverage.

The files are in `govern/documents/fonts/` with their licences: Open Sans for text, DejaVu Sans for characters it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"

REGULAR = "OpenSans-Regular"
ITALIC = "OpenSans-Italic"
BOLD = "OpenSans-Semibold"
BOLD_ITALIC = "OpenSans-SemiboldItalic"
FALLBACK = "DejaVuSans"

MISSING = "\u25a1"
"""The replacement for a character that no font has, so that none is dropped silently."""


@cache
def font(name: str) -> TTFont:
    """Load a font once and register it with reportlab under its name."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 — heavy, and most pages measure no text.
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    face = TTFont(name, str(FOLDER / f"{name}.ttf"), asciiReadable=0)
    _repair_widths(face)
    pdfmetrics.registerFont(face)
    return face


def _repair_widths(face: TTFont) -> None:
    """Convert the width that the last glyphs share to the font's own units, as for the others.

    Reportlab scales it, which makes the embedded font's widths differ from the page's: PDF/A and PDF/UA forbid that.
    """
    metrics = face.face.hmetrics
    shared = next(wide for wide, _ in reversed(metrics) if isinstance(wide, int))
    face.face.hmetrics = [(wide if isinstance(wide, int) else shared, bearing) for wide, bearing in metrics]


def face_of(bold: bool, italic: bool) -> str:
    """Return the name of the text font of this weight and slope."""
    if bold:
        return BOLD_ITALIC if italic else BOLD
    return ITALIC if italic else REGULAR


KEPT = 200
"""The longest text whose width is cached, in characters: longer ones seldom recur."""


def width(text: str, name: str) -> float:
    """Return the width of text in a font, in units of the font size."""
    return _width(text, name) if len(text) <= KEPT else _width.__wrapped__(text, name)


@lru_cache(maxsize=50_000)
def _width(text: str, name: str) -> float:
    measured: float = font(name).stringWidth(text, 1)
    return measured


@cache
def _covered(name: str) -> frozenset[str]:
    return frozenset(map(chr, font(name).face.charToGlyph))


def by_coverage(text: str, name: str) -> Iterator[tuple[str, str, str | None]]:
    """Split text into (shown, font, actual); `actual` is the original text where `shown` replaces it, else None."""
    if _covered(name).issuperset(text):
        yield text, name, None
        return
    for face, group in groupby(text, key=lambda c: _face_for(c, name)):
        part = "".join(group)
        yield (part, face, None) if face else (MISSING * len(part), FALLBACK, part)


def _face_for(character: str, name: str) -> str:
    return next((face for face in (name, FALLBACK) if character in _covered(face)), "")
