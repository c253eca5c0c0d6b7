"""The headers and footers of a DOCX: the running head (not on page 1), the page number and the signature strip."""

from __future__ import annotations

from typing import Any, cast

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Emu
from docx.text.paragraph import Paragraph

from govern.documents.content import Document, clean
from govern.documents.word.base import NUMBER_STYLE
from govern.documents.word.elements import element_of
from govern.documents.word.own_base import DocxBase, OwnBase
from govern.documents.word.xml import add_text, append_run, begin_field, field_mark, tag


def write_header_and_footer(base: DocxBase, document: Document) -> None:
    """Write the headers and footers on our own base: running head (not on page 1), page number, signature strip."""
    file, section = base.file, base.file.sections[0]
    section.different_first_page_header_footer = True
    for header, lines in ((section.header, _lines(document)), (section.first_page_header, ("",))):
        _head(header.paragraphs[0], lines, base)
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        paragraph.style = file.styles["footer"]
        if document.strip:
            _strip(paragraph, document.strip, base)


def show_paragraph_in_header(base: DocxBase, document: Document) -> None:
    """Give the last section a running head with the current § number in the margin."""
    header = base.file.sections[-1].header
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    begin_field(element_of(paragraph), f'STYLEREF "{NUMBER_STYLE}"')
    field_mark(element_of(paragraph), "end")
    for run in paragraph.runs:
        run.style = base.file.styles[NUMBER_STYLE]
    _head(paragraph, _lines(document), base)


def _lines(document: Document) -> tuple[str, ...]:
    return tuple(filter(None, (document.header, document.running)))


def _head(paragraph: Paragraph, lines: tuple[str, ...], base: DocxBase) -> None:
    """Write the lines of a header at the text's left edge, and the page number at the right."""
    paragraph.style = base.file.styles["header"]
    for place, line in enumerate(lines):
        if place:
            paragraph.add_run().add_break()
        append_run(element_of(paragraph), "\t")
        add_text(paragraph, line)
    _page_of(paragraph)


def write_letterhead_footer(base: DocxBase, own: OwnBase, document: Document) -> None:
    """Write the running head and strip below and above a letterhead's own, and the page number if it has none."""
    section = base.file.sections[0]
    first, even = (
        section.different_first_page_header_footer,
        base.file.settings.odd_and_even_pages_header_footer,
    )
    heads = [
        section.header,
        *([section.first_page_header] if first else []),
        *([section.even_page_header] if even else []),
    ]
    feet = [
        section.footer,
        *([section.first_page_footer] if first else []),
        *([section.even_page_footer] if even else []),
    ]
    for place in (*heads, *feet):
        if place.is_linked_to_previous:
            place.is_linked_to_previous = False
    for place in heads:
        running = "" if first and place is heads[1] else document.running
        if running or not own.numbers_pages:
            paragraph = _furniture(place, "header", base)
            paragraph.paragraph_format.tab_stops.add_tab_stop(base.width, WD_TAB_ALIGNMENT.RIGHT)
            add_text(paragraph, running)
            if not own.numbers_pages:
                _page_of(paragraph)
    for place in feet:
        if document.strip:
            paragraph = _furniture(place, "footer", base)
            element_of(place).insert(0, element_of(paragraph))
            _strip(paragraph, document.strip, base)


def _furniture(place: Any, style: str, base: DocxBase) -> Paragraph:
    """Return an empty line of a header or footer to write on: its only paragraph if that is empty, else a new one."""
    empty = len(element_of(place)) == 1 and not place.paragraphs[0].text
    paragraph = place.paragraphs[0] if empty else place.add_paragraph()
    paragraph.style = named = base.file.styles[style]
    while named is not None:  # The base's own tab stops would catch right-aligned text.
        for stop in named.paragraph_format.tab_stops:
            paragraph.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
        named = named.base_style
    return cast("Paragraph", paragraph)


def _page_of(paragraph: Paragraph) -> None:
    append_run(element_of(paragraph), "\tSida ")
    for instruction, end in (("PAGE", " ("), ("NUMPAGES", ")")):
        begin_field(element_of(paragraph), instruction)
        append_run(element_of(paragraph), "1")
        field_mark(element_of(paragraph), "end")
        append_run(element_of(paragraph), end)


def _strip(paragraph: Paragraph, words: tuple[str, ...], base: DocxBase) -> None:
    across = (base.width + base.hang) / len(words)
    stops = paragraph.paragraph_format.tab_stops
    for index in range(1, len(words)):
        stops.add_tab_stop(Emu(round(across * index - base.hang)), WD_TAB_ALIGNMENT.LEFT)
    properties = element_of(paragraph).get_or_add_pPr()
    border = OxmlElement("w:pBdr")
    border.append(tag("w:top", {"val": "single", "sz": "4", "space": "4", "color": "9AA3A8"}))
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
    append_run(element_of(paragraph), "\t".join(clean(word) for word in words))
