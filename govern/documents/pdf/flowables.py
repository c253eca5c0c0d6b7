"""Flowables other than running text: names in columns, lines of the contents, signature lines, the logo."""

from __future__ import annotations

import io
from bisect import bisect_left
from dataclasses import replace

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from govern.documents import fonts
from govern.documents.content import IN_CONTENTS, NAME, Heading, clean, shortened
from govern.documents.pdf.blocks import BODY
from govern.documents.pdf.breaking import INK, Span
from govern.documents.pdf.measures import HANG, TEXT
from govern.documents.pdf.page import HAIRLINE
from govern.documents.pdf.setting import Text, TextStyle
from govern.documents.pdf.tagging import Node, TaggedCanvas
from govern.documents.signatures.values import MAY_REFUSE, note_of

LINE = TextStyle(size=10.0, leading=16.5, indent=HANG, hyphenate=False)


class Columns(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A list of names in columns, read down the first and then down the second; it can be split over pages."""

    GAP = 3.0

    def __init__(self, names: tuple[str, ...], columns: int, node: Node) -> None:
        super().__init__()
        self.names = tuple(shortened(name, NAME) for name in names)
        self.columns, self.node = columns, node

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Lay out the names in columns and return the size."""
        self.width = (available - HANG) / self.columns
        self.texts = [self._set(name, None) for name in self.names]
        per_column = -(-len(self.texts) // self.columns)
        self.parts = [range(i, min(i + per_column, len(self.texts))) for i in range(0, len(self.texts), per_column)]
        self.height = max((sum(self.texts[i].height + self.GAP for i in part) for part in self.parts), default=0.0)
        return available, self.height

    def _set(self, name: str, node: Node | None) -> Text:
        """Lay out a name; `node` is None while measuring, so that only drawn names become structure elements."""
        style = replace(BODY, leading=13.0, after=0.0, indent=9.0, hang=9.0, hyphenate=False)
        text = Text([Span(clean(name))], style, node)
        text.wrap(self.width - 12, 0.0)
        return text

    def split(self, available: float, height: float) -> list[Flowable]:
        """Split into the rows of names that fit, and the rest."""

        def too_high(rows: int) -> bool:
            names = self.names[: rows * self.columns]
            return Columns(names, self.columns, self.node).wrap(available, height)[1] > height

        rows = -(-len(self.names) // self.columns)
        fit = (bisect_left(range(rows), True, key=lambda row: too_high(row + 1))) * self.columns
        if fit <= 0:
            return []
        return [
            Columns(self.names[:fit], self.columns, self.node),
            Columns(self.names[fit:], self.columns, self.node),
        ]

    def draw(self) -> None:
        """Draw the columns."""
        for column, part in enumerate(self.parts):
            y = self.height
            for place in part:
                text = self._set(self.names[place], Node("LBody", Node("LI", self.node)))
                y -= text.height
                text.drawOn(self.canv, HANG + column * self.width, y)
                y -= self.GAP


class ContentsLine(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """One line of the contents: number, heading, page; the whole line is a link."""

    def __init__(self, heading: Heading, toc: Node, accent: str) -> None:
        super().__init__()
        self.heading = heading
        self.accent = accent
        self.link = Node("Link", Node("Reference", Node("TOCI", toc)))
        label = (Span(clean(heading.number), fonts.REGULAR, accent),) if heading.number else ()
        self.text = Text([Span(shortened(clean(heading.text), IN_CONTENTS))], LINE, self.link, label=label)

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Lay out the heading, leaving room for the page number."""
        self.height = self.text.wrap(available - 14 * mm, height)[1]
        self.width = available
        return available, self.height

    def draw(self) -> None:
        """Draw the text, the leader and the page number, and put the link over them."""
        canvas: TaggedCanvas = self.canv
        self.text.drawOn(canvas, 0, 0)
        last = (self.text.set_lines or [[]])[-1]
        baseline = self.text.height - (LINE.leading + 0.72 * LINE.size) / 2
        baseline -= LINE.leading * (len(self.text.set_lines or [[]]) - 1)
        start = HANG + max((piece.x + piece.width for piece in last), default=0.0) + 4
        canvas.saveState()
        canvas.setStrokeColor(HAIRLINE)
        canvas.setLineWidth(0.6)
        canvas.setLineCap(1)
        canvas.setDash([0, 3.2])
        canvas.line(start, baseline + 1, self.width - 22, baseline + 1)
        canvas.restoreState()
        canvas.late(lambda: self._number(canvas, baseline), self.link)
        left = 0.0 if self.heading.number else HANG
        name = shortened(f"{self.heading.number} {self.heading.text}".strip(), IN_CONTENTS)
        canvas.annotate(self.link, (left, 0, self.width, self.height), clean(name), anchor=self.heading.anchor)

    def _number(self, canvas: TaggedCanvas, baseline: float) -> PDFTextObject:
        page = canvas.places.get(self.heading.anchor)
        number = str(page[0] + 1) if page else ""
        text = canvas.beginText(self.width - fonts.width(number, fonts.REGULAR) * LINE.size, baseline)
        text.setFont(fonts.REGULAR, LINE.size)
        text.setFillColor(HexColor(f"#{INK}"))
        text.textOut(f"{number} ")
        return text


class SignatureBox(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A line to sign on: space for the stamp, a hairline, and the text below it."""

    ROOM = 54.0

    def __init__(self, text: str, field: str, parent: Node) -> None:
        super().__init__()
        self.label, self.field = text, field
        self.note = Node("Form", parent) if field.startswith(MAY_REFUSE) else None
        self.form = Node("Form", parent) if field else None
        self.text = Text([Span(shortened(text, NAME))], TextStyle(9.0, 13.0), Node("P", parent))

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Return the size."""
        self.below = self.text.wrap(available - HANG, height)[1]
        return available, self.ROOM + 4 + self.below + 22

    def draw(self) -> None:
        """Draw the line and the text, and add the fields."""
        canvas: TaggedCanvas = self.canv
        y = 22 + self.below + 4
        canvas.setStrokeColor(HAIRLINE)
        canvas.setLineWidth(0.6)
        canvas.line(HANG, y, HANG + TEXT, y)
        if self.note is not None:
            rect = (HANG, y + 3, HANG + TEXT, y + self.ROOM - 3)
            canvas.annotate(self.note, rect, f"Vägran att justera: {self.label}", note=note_of(self.field))
        if self.form is not None:
            rect = (HANG, y + 3, HANG + 95 * mm, y + self.ROOM - 3)
            canvas.annotate(self.form, rect, f"Underskrift: {self.label}", field=self.field)
        self.text.drawOn(canvas, HANG, 22)


class Logo(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """The organisation's logo, at most 18 mm high and 70 mm wide."""

    def __init__(self, data: bytes, node: Node) -> None:
        super().__init__()
        self.image, self.node = ImageReader(io.BytesIO(data)), node

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the size."""
        across, up = self.image.getSize()
        scale = min(18 * mm / up, 70 * mm / across)
        self.width, self.height = across * scale, up * scale
        return self.width, self.height + 14

    def draw(self) -> None:
        """Draw the picture as a figure."""
        canvas: TaggedCanvas = self.canv
        with canvas.marked(self.node):
            canvas.drawImage(self.image, 0, 14, self.width, self.height)
