"""Write a document as PDF: accessible, archivable (PDF/UA-1 and PDF/A-2a), with equal bytes for equal documents."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer
from reportlab.platypus import PageBreak as NewPage

from govern.documents import budget, fonts
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
from govern.documents.pdf.blocks import BODY, BlockSetter
from govern.documents.pdf.breaking import INK, Span
from govern.documents.pdf.finish import finish
from govern.documents.pdf.flowables import Columns, ContentsLine, Logo, SignatureBox
from govern.documents.pdf.keeping import LANDSCAPE, UPRIGHT, keep_together, turn_pages
from govern.documents.pdf.measures import BOTTOM, HANG, HEIGHT, LANDSCAPE_HEIGHT, LANDSCAPE_WIDTH, LEFT, TEXT, WIDTH
from govern.documents.pdf.page import GREY, Furniture
from govern.documents.pdf.setting import Text, TextStyle
from govern.documents.pdf.tagging import Node, TaggedCanvas
from govern.write_lock import slow

INDENTED = replace(BODY, indent=HANG)
HEADING = TextStyle(size=14.0, leading=19.0, indent=HANG, before=20.0, after=8.0, keep=True, hyphenate=False)
SECTION = TextStyle(size=10.0, leading=15.0, indent=HANG, before=9.0, after=2.0, keep=True, hyphenate=False)
STRONG = replace(SECTION, size=12.0, leading=18.0, before=18.0, after=3.0)
NOTE = TextStyle(size=9.0, leading=13.0, indent=HANG, after=9.0, keep=True)
BESIDE = TextStyle(size=9.0, leading=12.0, before=6.0, beside=HANG - 4 * mm, drop=1.9, keep=True, hyphenate=False)


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF file, and the page number (from 1) of each heading's anchor."""

    pdf: bytes
    page_numbers: Mapping[str, int]


@slow("printing a PDF")
def write_pdf(document: Document, *, signature_fields: bool = True, steps: int = budget.STEPS) -> Printed:
    """Write the document as PDF; with `signature_fields` each signature line gets an empty signature field.

    Raises:
        TooMuchToSet: if it takes more than `steps`.
    """
    for name in (fonts.REGULAR, fonts.ITALIC, fonts.BOLD, fonts.BOLD_ITALIC, fonts.FALLBACK):
        fonts.font(name)
    buffer = io.BytesIO()
    setter = _Setter(document, signature_fields)
    furniture = Furniture(document)
    canvases: list[TaggedCanvas] = []

    def make_canvas(*args: Any, **options: Any) -> TaggedCanvas:
        canvases.append(TaggedCanvas(*args, **options | {"initialFontName": fonts.REGULAR}))
        return canvases[0]

    def begin_page(canvas: TaggedCanvas, _: object) -> None:
        if canvas.size[0] > canvas.size[1]:
            canvas.landscape.add(canvas.page)
        furniture.draw(canvas)

    template = BaseDocTemplate(buffer, pagesize=A4, invariant=1, pageCompression=0, title=document.title)
    upright = Frame(LEFT, BOTTOM, WIDTH, HEIGHT, 0, 0, 0, 0, id="text")
    landscape_frame = Frame(LEFT, BOTTOM, LANDSCAPE_WIDTH, LANDSCAPE_HEIGHT, 0, 0, 0, 0, id="landscape text")
    template.addPageTemplates(
        [
            PageTemplate(UPRIGHT, [upright], begin_page, pagesize=A4),
            PageTemplate(LANDSCAPE, [landscape_frame], begin_page, pagesize=landscape(A4)),
        ]
    )
    with budget.budget(steps):
        template.build(setter.story(), canvasmaker=make_canvas)
    canvas = canvases[0]
    pages = {anchor: page + 1 for anchor, (page, _) in canvas.places.items()}
    return Printed(finish(buffer.getvalue(), document, canvas, setter.root), pages)


class _Setter(BlockSetter):
    """Turns a document's elements into a reportlab story, and builds the structure tree."""

    def __init__(self, document: Document, signature_fields: bool) -> None:
        super().__init__(document.accent)
        self.document = document
        self.signature_fields = signature_fields
        self.root = Node("Document")

    def story(self) -> list[Flowable]:
        """Return the flowables of all elements, in order."""
        story: list[Flowable] = []
        for element in self.document.elements:
            if isinstance(element, Heading) and element.level <= 2 and not element.beside:
                self.place, self.tables = clean(element.number or element.text), 0
            budget.at(self.place)
            story += self._element(element)
        # A document without any text would have no page, and a PDF needs one.
        return keep_together(turn_pages(story), HEIGHT) or [Spacer(1, 1)]

    def _element(self, element: Element) -> list[Flowable]:  # noqa: PLR0911 — one return for each kind of element
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
                return [SignatureBox(clean(text), field if self.signature_fields else "", self.root)]
            case Contents():
                return self._contents()
            case Legend(entries):
                return self._legend(entries)
            case PageBreak():
                return [NewPage()]

    def _title(self, element: Title) -> list[Flowable]:
        story: list[Flowable] = []
        if self.document.logo is not None:
            story += [Logo(self.document.logo, Node("Figure", self.root, {"Alt": clean(self.document.logo_alt)}))]
        if self.document.header:
            head = Span(clean(self.document.header), colour=GREY)
            story.append(Text([head], TextStyle(9.0, 13.0, after=16.0), Node("P", self.root)))
        forum, body = Node("P", self.root), Node("P", self.root)
        title = Node(self.heading_role(1), self.root)
        day = Node("P", self.root)
        return [
            *story,
            Text([Span(clean(element.forum), fonts.BOLD)], TextStyle(13.0, 18.0, hyphenate=False), forum),
            Text([Span(clean(" · ".join(element.body)), colour=GREY)], TextStyle(9.0, 13.0, after=30.0), body),
            Text([Span(clean(element.title), fonts.BOLD, self.accent)], TextStyle(25.0, 31.0, hyphenate=False), title),
            Text([Span(clean(element.subtitle), colour=GREY)], TextStyle(13.0, 19.0, after=26.0), day),
        ]

    def _heading(self, element: Heading) -> list[Flowable]:
        node = Node(self.heading_role(element.level), self.root)
        colour = self.accent if element.level > 2 or element.beside else INK
        span = Span(clean(element.text), fonts.BOLD, colour)
        if element.beside:
            return [Text([span], BESIDE, node, anchor=element.anchor)]
        style = HEADING if element.level <= 2 else SECTION
        if element.strong:
            style = replace(STRONG, rule=self.accent)
        if element.note:
            style = replace(style, after=1.0)
        label = (Span(clean(element.number), fonts.BOLD, self.accent),) if element.number else ()
        story: list[Flowable] = [Text([span], style, node, label=label, anchor=element.anchor)]
        if element.note:
            note = Node("P", self.root)
            story.append(Text([Span(clean(element.note), colour=GREY)], NOTE, note))
        return story

    def _names(self, element: Names) -> list[Flowable]:
        return [
            flowable
            for group in element.groups
            for flowable in (Columns(group, element.columns, Node("L", self.root)), Spacer(1, 8))
        ]

    def _contents(self) -> list[Flowable]:
        toc = Node("TOC", self.root)
        return [*(ContentsLine(heading, toc, self.accent) for heading in self.document.listed()), Spacer(1, 18)]

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
