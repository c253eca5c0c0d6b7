"""The content repeated on every page: running head, signature strip and page number, all of it artifacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.textobject import PDFTextObject

from govern.documents import fonts
from govern.documents.content import NAME, Document, Heading, clean, shortened
from govern.documents.pdf.breaking import Line, Span, covered, laid
from govern.documents.pdf.measures import A4, HANG, LEFT, RIGHT, TEXT, TOP
from govern.documents.pdf.setting import Pen
from govern.documents.pdf.tagging import TaggedCanvas

GREY = "555d61"
HAIRLINE = HexColor("#9aa3a8")


HEAD = 15 * mm
"""The distance from the upper edge of the page to the baseline of the running head."""

FOOT = 14 * mm
SMALL = 8.0
RUNNING = TEXT - 30 * mm
"""The width of the running head, beside the page number."""


class Furniture:
    """The content repeated on every page of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._continued: dict[int, str] | None = None

    def draw(self, canvas: TaggedCanvas) -> None:
        """Draw it on a new page; what depends on later pages is filled in at the end."""
        pen = Pen(canvas, SMALL, repeated=False)
        across, up = canvas.size
        head = up - HEAD
        number = canvas.page + 1
        if number > 1:
            if self._document.header:
                pen.write(_line(self._document.header, TEXT), head + 11, None, LEFT + HANG)
            pen.write(_line(self._document.running, RUNNING), head, None, LEFT + HANG)
        strip = self._document.strip
        gap = 6 * mm
        each = (across - LEFT - RIGHT - gap * (len(strip) - 1)) / len(strip) if strip else 0.0
        for index, word in enumerate(strip):
            x = LEFT + index * (each + gap)
            pen.write(_line(word, each), FOOT, None, x)
            canvas.setStrokeColor(HAIRLINE)
            canvas.setLineWidth(0.6)
            canvas.line(x, FOOT + 4 * mm, x + each, FOOT + 4 * mm)
        pen.close()
        canvas.late(lambda: self._page_of(canvas, number))
        canvas.late(lambda: self._goes_on(canvas, number))

    def _page_of(self, canvas: TaggedCanvas, number: int) -> PDFTextObject:
        words = f"Sida {number} ({canvas.page_count})"
        x = canvas.size[0] - RIGHT - fonts.width(words, fonts.REGULAR) * SMALL
        return _words(canvas, words, x, fonts.REGULAR, GREY)

    def _goes_on(self, canvas: TaggedCanvas, number: int) -> PDFTextObject:
        """Return the text that names the § continued from the previous page, in the margin of the running head."""
        if self._continued is None:
            self._continued = continued(self._document, canvas.places, canvas.page_count, canvas.landscape)
        words = self._continued.get(number, "")
        return _words(canvas, f"{words} forts." if words else "", LEFT, fonts.BOLD, self._document.accent)


def _line(text: str, room: float) -> Line:
    """Return a text as one grey line, cut to `room`, in fonts that have its characters."""
    line = clipped(clean(shortened(text, NAME)), room)
    return laid(tuple(covered([Span(line, colour=GREY)], None)), SMALL, 0.0, end=" ")


def continued(
    document: Document, places: Mapping[str, tuple[int, float]], pages: int, landscape: Collection[int] = ()
) -> dict[int, str]:
    """Return for each page (from 1) the § that continues from the previous page; pages in `turned` are landscape."""
    headings = [h for h in document.elements if isinstance(h, Heading) and h.level <= 2 and h.anchor in places]
    stood = [places[h.anchor] for h in headings]
    begins = {page for page, y in stood if y > (A4[0] if page in landscape else A4[1]) - TOP + 1}
    found: dict[int, str] = {}
    waiting = iter([*headings, None])
    following = next(waiting)
    current = ""
    for page in range(pages):
        if current and page not in begins:
            found[page + 1] = current
        while following is not None and places[following.anchor][0] == page:
            current = clean(following.number)
            following = next(waiting)
    return found


def _words(canvas: TaggedCanvas, words: str, x: float, font: str, colour: str) -> PDFTextObject:
    text = canvas.beginText(x, canvas.size[1] - HEAD)
    if words:
        text.setFont(font, SMALL)
        text.setFillColor(HexColor(f"#{colour}"))
        text.textOut(f"{words} ")
    return text


def clipped(text: str, room: float) -> str:
    """Cut a text to `room` by dropping words before its last ` · `; the part after it is kept if it fits."""
    whole, dot, end = text.rpartition(" · ")
    first, rest = (whole, f"{dot}{end}") if dot else (text, "")
    words, shown = first.split(" "), text
    while len(words) > 1 and fonts.width(shown, fonts.REGULAR) * SMALL > room:
        words.pop()
        shown = f"{' '.join(words)} …{rest}"
    while len(shown) > 1 and fonts.width(shown, fonts.REGULAR) * SMALL > room:
        shown = f"{shown[: len(shown) * 9 // 10].rstrip('…')}…" if len(shown) > 10 else shown[:-1]
    return shown
