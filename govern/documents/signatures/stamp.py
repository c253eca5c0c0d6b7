"""The visible stamp of a signature (who signed, as what, when) and of a refusal to sign (also why).

Reportlab draws it, since fonts that pyHanko embeds break PDF/A unless they have 1000 units per em.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pikepdf import Pdf
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from govern.documents import fonts
from govern.documents.pdf.breaking import Span
from govern.documents.pdf.finish import repair_fonts
from govern.documents.pdf.setting import Text, TextStyle
from govern.documents.pdf.tagging import TaggedCanvas
from govern.swedish import long_date

ZONE = ZoneInfo("Europe/Stockholm")
GREY = "555d61"
SIZES = (8.5, 7.5, 6.5, 5.5)
REST = "(hela skälet står på protokollets sida)"


class DrawnStamp(PdfContent):
    """A stamp as pyHanko content: the page of a small PDF, imported into the file being signed."""

    def __init__(self, name: str, role: str, at: datetime, width: float, height: float) -> None:
        super().__init__(box=BoxConstraints(width=width, height=height))
        self._pdf = _draw(_signed(name, role, at), width, height)

    def render(self) -> bytes:
        """Import the page and return the operators that draw it."""
        writer: BasePdfFileWriter = self._ensure_writer
        self.resources.xobject["/Stamp"] = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        return b"/Stamp Do"


class DrawnRefusal(DrawnStamp):
    """The stamp of a refusal, with the reason in the largest size that fits, and cut if none does."""

    def __init__(self, name: str, role: str, reason: str, at: datetime, width: float, height: float) -> None:
        super(DrawnStamp, self).__init__(box=BoxConstraints(width=width, height=height))
        words = reason.split()
        size = next((s for s in SIZES if _height(_refused(name, role, reason, at, s), width) <= height), SIZES[-1])
        while len(words) > 1 and _height(_refused(name, role, reason, at, size), width) > height:
            words = words[: len(words) * 9 // 10]
            reason = f"{' '.join(words)} … {REST}"
        word = words[0] if len(words) == 1 else ""
        while len(word) > 1 and _height(_refused(name, role, reason, at, size), width) > height:
            word = word[: len(word) * 9 // 10]
            reason = f"{word}… {REST}"
        self._pdf = _draw(_refused(name, role, reason, at, size), width, height)


Rows = Sequence[tuple[Sequence[Span], TextStyle]]


def _signed(name: str, role: str, at: datetime) -> Rows:
    when = at.astimezone(ZONE)
    return (
        ((Span(name, fonts.BOLD),), TextStyle(10.5, 14.0)),
        ((Span(f"{role}, enligt digital underskrift"),), TextStyle(8.5, 12.0)),
        ((Span(f"{long_date(when.date())} kl. {when:%H.%M}", colour=GREY),), TextStyle(8.5, 12.0)),
    )


def _refused(name: str, role: str, reason: str, at: datetime, size: float) -> Rows:
    when = at.astimezone(ZONE)
    head = f"{role}, undertecknar inte utan vägrar att justera, {long_date(when.date())} kl. {when:%H.%M}"
    return (
        ((Span(name, fonts.BOLD), Span(f", {head}", colour=GREY)), TextStyle(8.5, 11.0)),
        ((Span(reason),), TextStyle(size, size * 1.25)),
    )


def _height(rows: Rows, width: float) -> float:
    return sum(Text(spans, style, None).wrap(width, 0)[1] for spans, style in rows)


def _draw(rows: Rows, width: float, height: float) -> bytes:
    buffer = io.BytesIO()
    canvas = TaggedCanvas(buffer, pagesize=(width, height), pageCompression=0, initialFontName=fonts.REGULAR)
    y = 2.0
    for spans, style in reversed(rows):
        text = Text(spans, style, None)
        y += text.wrap(width, height)[1]
        text.drawOn(canvas, 0, y - text.height)
    canvas.showPage()
    canvas.save()
    with Pdf.open(io.BytesIO(buffer.getvalue())) as pdf:
        repair_fonts(pdf)
        mended = io.BytesIO()
        pdf.save(mended)
    return mended.getvalue()
