"""A document to PDF: one accessible, archivable file (PDF/UA-1 and PDF/A-2a) with equal bytes for equal documents."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate, Spacer
from reportlab.platypus import PageBreak as NewPage

from govern.documents import fonts
from govern.documents.blocks import BODY, HAIRLINE, BlockSetter
from govern.documents.content import (
    Body,
    Contents,
    Document,
    Element,
    Heading,
    Legend,
    Names,
    PageBreak,
    Points,
    SignatureLine,
    Title,
    clean,
)
from govern.documents.finish import finish
from govern.documents.refusing import MAY_REFUSE, note_of
from govern.documents.setting import INK, Pen, Piece, Span, Text, TextStyle
from govern.documents.tagging import Node, TaggedCanvas

LEFT, RIGHT, TOP, BOTTOM = 22 * mm, 25 * mm, 27 * mm, 33 * mm
HANG = 27 * mm
"""The margin column in which numbers and short headings hang."""

WIDTH = A4[0] - LEFT - RIGHT
TEXT = WIDTH - HANG
GREY = "555d61"

INDENTED = replace(BODY, indent=HANG)
HEADING = TextStyle(size=14.0, leading=19.0, indent=HANG, before=20.0, after=8.0)
SECTION = TextStyle(size=10.0, leading=15.0, indent=HANG, before=9.0, after=2.0)
NOTE = TextStyle(size=9.0, leading=13.0, indent=HANG, after=9.0)
BESIDE = TextStyle(size=9.0, leading=12.0, before=6.0, beside=HANG - 4 * mm, drop=1.9)
LINE = TextStyle(size=10.0, leading=16.5, indent=HANG)


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF file, and the page (from 1) where each heading's anchor stands."""

    pdf: bytes
    page_numbers: Mapping[str, int]


def write_pdf(document: Document, *, signature_fields: bool = True) -> Printed:
    """Print the document; with `signature_fields` each signature line gets an empty PDF signature field."""
    for name in (fonts.REGULAR, fonts.ITALIC, fonts.BOLD, fonts.BOLD_ITALIC, fonts.FALLBACK):
        fonts.font(name)
    buffer = io.BytesIO()
    setter = _Setter(document, signature_fields)
    canvases: list[TaggedCanvas] = []

    def make_canvas(*args: Any, **options: Any) -> TaggedCanvas:
        canvases.append(TaggedCanvas(*args, **options | {"initialFontName": fonts.REGULAR}))
        return canvases[0]

    template = BaseDocTemplate(buffer, pagesize=A4, invariant=1, pageCompression=0, title=document.title)
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0, id="text")
    template.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _furnish(canvas, document)))
    template.build(setter.story(), canvasmaker=make_canvas)
    canvas = canvases[0]
    pages = {anchor: page + 1 for anchor, (page, _) in canvas.places.items()}
    return Printed(finish(buffer.getvalue(), document, canvas, setter.root), pages)


class _Setter(BlockSetter):
    """Turns a document's elements into reportlab's story and grows the structure tree beside it."""

    def __init__(self, document: Document, signature_fields: bool) -> None:
        super().__init__(document.accent)
        self.document = document
        self.signature_fields = signature_fields
        self.root = Node("Document")

    def story(self) -> list[Flowable]:
        """Set all elements in order."""
        story: list[Flowable] = []
        for element in self.document.elements:
            story += self._element(element)
        # A document without any text would have no page, and a PDF needs one.
        return story or [Spacer(1, 1)]

    def _element(self, element: Element) -> list[Flowable]:  # noqa: PLR0911 — one return a kind of element
        match element:
            case Title():
                return self._title(element)
            case Heading():
                return self._heading(element)
            case Body(blocks):
                return self.blocks(blocks, self.root, INDENTED, TEXT)
            case Names():
                return self._names(element)
            case Points():
                return self.points(element, self.root, INDENTED)
            case SignatureLine(text, field):
                return [_SignatureBox(clean(text), field if self.signature_fields else "", self.root)]
            case Contents():
                return self._contents()
            case Legend(entries):
                return self._legend(entries)
            case PageBreak():
                return [NewPage()]

    def _title(self, element: Title) -> list[Flowable]:
        story: list[Flowable] = []
        if self.document.logo is not None:
            story += [_Logo(self.document.logo, Node("Figure", self.root, {"Alt": clean(self.document.logo_alt)}))]
        if self.document.header:
            head = Span(clean(self.document.header), colour=GREY)
            story.append(Text([head], TextStyle(9.0, 13.0, after=16.0), Node("P", self.root)))
        forum, body = Node("P", self.root), Node("P", self.root)
        title = Node(self.heading_role(1), self.root)
        day = Node("P", self.root)
        return [
            *story,
            Text([Span(clean(element.forum), fonts.BOLD)], TextStyle(13.0, 18.0), forum),
            Text([Span(clean(" · ".join(element.body)), colour=GREY)], TextStyle(9.0, 13.0, after=30.0), body),
            Text([Span(clean(element.title), fonts.BOLD, self.accent)], TextStyle(25.0, 31.0), title),
            Text([Span(clean(element.subtitle), colour=GREY)], TextStyle(13.0, 19.0, after=26.0), day),
        ]

    def _heading(self, element: Heading) -> list[Flowable]:
        node = Node(self.heading_role(element.level), self.root)
        colour = self.accent if element.level > 2 or element.beside else INK
        span = Span(clean(element.text), fonts.BOLD, colour)
        if element.beside:
            return [CondPageBreak(60), Text([span], BESIDE, node, anchor=element.anchor)]
        style = HEADING if element.level <= 2 else SECTION
        if element.note:
            style = replace(style, after=1.0)
        label = (Span(clean(element.number), fonts.BOLD, self.accent),) if element.number else ()
        story: list[Flowable] = [CondPageBreak(75), Text([span], style, node, label=label, anchor=element.anchor)]
        if element.note:
            note = Node("P", self.root)
            story.append(Text([Span(clean(element.note), colour=GREY)], NOTE, note))
        return story

    def _names(self, element: Names) -> list[Flowable]:
        return [
            flowable
            for group in element.groups
            for flowable in (_Columns(group, element.columns, Node("L", self.root)), Spacer(1, 8))
        ]

    def _contents(self) -> list[Flowable]:
        toc = Node("TOC", self.root)
        return [*(_ContentsLine(heading, toc, self.accent) for heading in self.document.listed()), Spacer(1, 18)]

    def _legend(self, entries: tuple[tuple[str, str], ...]) -> list[Flowable]:
        node = Node("L", self.root)
        story: list[Flowable] = []
        for code, word in entries:
            entry = Node("LI", node)
            label, body = Node("Lbl", entry), Node("LBody", entry)
            style = TextStyle(9.0, 14.0, indent=HANG + 17, label_at=HANG)
            code_span = (Span(clean(code), fonts.BOLD, self.accent),)
            story.append(Text([Span(clean(word))], style, body, label=code_span, label_node=label))
        return story


class _Columns(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A list of names in one or two columns, read down the first and then down the second; it may run over pages."""

    GAP = 3.0

    def __init__(self, names: tuple[str, ...], columns: int, node: Node) -> None:
        super().__init__()
        self.names, self.columns, self.node = names, columns, node

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Set the names into columns and say the size."""
        self.width = (available - HANG) / self.columns
        style = replace(BODY, leading=13.0, after=0.0)
        self.texts = [Text([Span(clean(name))], style, Node("LBody")) for name in self.names]
        for text in self.texts:
            text.wrap(self.width - 12, height)
        per_column = -(-len(self.texts) // self.columns)
        self.parts = [self.texts[i : i + per_column] for i in range(0, len(self.texts), per_column)]
        self.height = max((sum(t.height + self.GAP for t in part) for part in self.parts), default=0.0)
        return available, self.height

    def split(self, available: float, height: float) -> list[Flowable]:
        """Split into as many names as fit, and the rest."""
        fit = len(self.names)
        while fit and _Columns(self.names[:fit], self.columns, self.node).wrap(available, height)[1] > height:
            fit -= self.columns
        if fit <= 0:
            return []
        return [
            _Columns(self.names[:fit], self.columns, self.node),
            _Columns(self.names[fit:], self.columns, self.node),
        ]

    def draw(self) -> None:
        """Draw the columns."""
        for column, part in enumerate(self.parts):
            y = self.height
            for text in part:
                y -= text.height
                entry = Node("LI", self.node)
                text.node = Node("LBody", entry)
                text.drawOn(self.canv, HANG + column * self.width, y)
                y -= self.GAP


class _ContentsLine(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """One line of the contents: number, heading, page; the whole line is a link."""

    def __init__(self, heading: Heading, toc: Node, accent: str) -> None:
        super().__init__()
        self.heading = heading
        self.accent = accent
        self.link = Node("Link", Node("Reference", Node("TOCI", toc)))

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Set the heading, leaving room for the page number."""
        label = (Span(clean(self.heading.number), fonts.REGULAR, self.accent),) if self.heading.number else ()
        self.text = Text([Span(clean(self.heading.text))], LINE, self.link, label=label)
        self.height = self.text.wrap(available - 14 * mm, height)[1]
        self.width = available
        return available, self.height

    def draw(self) -> None:
        """Draw text, leader and page number, and lay the link over them."""
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
        name = f"{self.heading.number} {self.heading.text}".strip()
        canvas.annotate(self.link, (left, 0, self.width, self.height), clean(name), anchor=self.heading.anchor)

    def _number(self, canvas: TaggedCanvas, baseline: float) -> PDFTextObject:
        page = canvas.places.get(self.heading.anchor)
        number = str(page[0] + 1) if page else ""
        text = canvas.beginText(self.width - fonts.width(number, fonts.REGULAR) * LINE.size, baseline)
        text.setFont(fonts.REGULAR, LINE.size)
        text.setFillColor(HexColor(f"#{INK}"))
        text.textOut(f"{number} ")
        return text


class _SignatureBox(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A place to sign: room for the stamp, a hairline, the words under it."""

    ROOM = 54.0

    def __init__(self, text: str, field: str, parent: Node) -> None:
        super().__init__()
        self.label, self.field = text, field
        self.note = Node("Form", parent) if field.startswith(MAY_REFUSE) else None
        self.form = Node("Form", parent) if field else None
        self.text = Text([Span(text)], TextStyle(9.0, 13.0), Node("P", parent))

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Say the size."""
        self.below = self.text.wrap(available - HANG, height)[1]
        return available, self.ROOM + 4 + self.below + 22

    def draw(self) -> None:
        """Draw the line, the words and the field."""
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


class _Logo(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """The organisation's logo, at most 18 mm high and 70 mm wide."""

    def __init__(self, data: bytes, node: Node) -> None:
        super().__init__()
        self.image, self.node = ImageReader(io.BytesIO(data)), node

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Say the size."""
        across, up = self.image.getSize()
        scale = min(18 * mm / up, 70 * mm / across)
        self.width, self.height = across * scale, up * scale
        return self.width, self.height + 14

    def draw(self) -> None:
        """Draw the picture as a figure."""
        canvas: TaggedCanvas = self.canv
        with canvas.marked(self.node):
            canvas.drawImage(self.image, 0, 14, self.width, self.height)


def _furnish(canvas: TaggedCanvas, document: Document) -> None:
    """Draw what every page repeats: the running head (not on the first), the signature strip, the page number."""
    pen = Pen(canvas, 8.0, repeated=False)
    number = canvas.page + 1
    head = A4[1] - 15 * mm
    if number > 1:
        if document.header:
            line = clean(document.header)
            pen.write([Piece(0, 0, f"{line} ", Span(line, colour=GREY))], head + 11, None, LEFT)
        title = clean(document.running)
        pen.write([Piece(0, 0, f"{title} ", Span(title, colour=GREY))], head, None, LEFT)
    columns = len(document.strip)
    gap = 6 * mm
    across = (WIDTH - gap * (columns - 1)) / columns if columns else 0.0
    for index, word in enumerate(document.strip):
        x = LEFT + index * (across + gap)
        pen.write([Piece(0, 0, f"{clean(word)} ", Span(word, colour=GREY))], 14 * mm, None, x)
        canvas.setStrokeColor(HAIRLINE)
        canvas.setLineWidth(0.6)
        canvas.line(x, 18 * mm, x + across, 18 * mm)
    pen.close()
    canvas.late(lambda: _page_of(canvas, number, head))


def _page_of(canvas: TaggedCanvas, number: int, y: float) -> PDFTextObject:
    words = f"Sida {number} ({canvas.page_count})"
    text = canvas.beginText(A4[0] - RIGHT - fonts.width(words, fonts.REGULAR) * 8.0, y)
    text.setFont(fonts.REGULAR, 8.0)
    text.setFillColor(HexColor(f"#{GREY}"))
    text.textOut(f"{words} ")
    return text
