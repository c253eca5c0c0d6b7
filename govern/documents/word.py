"""A document to DOCX: real styles, numbering, fields and repeated table heads, so that it can be edited in Word."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, RGBColor
from docx.text.paragraph import Paragraph

from govern.documents.blocks import lead_of, leads
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
from govern.documents.docx_base import LEVELS, NUMBER_STYLE, STEP, STRONG_STYLE
from govern.documents.own_base import Ground, OwnBase, plain_ground
from govern.documents.word_page import furnish, furnish_letterhead, name_paragraph
from govern.documents.word_table import TableWriter
from govern.documents.wordxml import add_text, append_run, begin_field, field_mark, set_columns, tag
from govern.richtext import Block, Blocks, Head, Lst, Para, Run, Table
from govern.write_lock import slow


@slow("writing a DOCX")
def write_docx(document: Document, page_numbers: Mapping[str, int]) -> bytes:
    """Write the document; the contents show `page_numbers` (by anchor) until Word is told to count anew."""
    ground = plain_ground(document.accent) if document.base is None else OwnBase(document.base, document.accent).ground
    writer = Writer(ground, document, page_numbers)
    for element, after in zip_longest(document.elements, document.elements[1:]):
        writer.element(element, leads=after is not None and leads(element, after))
    writer.close()
    buffer = io.BytesIO()
    ground.file.save(buffer)
    return buffer.getvalue()


class Writer:
    """Appends elements to the body, keeping what spans several: heading levels, bookmarks, list numbers, sections."""

    def __init__(self, ground: Ground, document: Document, page_numbers: Mapping[str, int]) -> None:
        self.ground, self.document, self.page_numbers = ground, document, page_numbers
        self.file = file = ground.file
        self.body = file.element.body
        self.heading_level = 1
        self.bookmarks: dict[str, str] = {}
        self.break_before = self.at_top = False
        self.numbering = file.part.numbering_part.element
        self.next_number = max((int(n) for n in self.numbering.xpath("w:num/@w:numId")), default=0) + 1
        self.style_ids: dict[str, str] = {}
        self.names_paragraph = False
        if ground.own is None:
            furnish(ground, document)
        else:
            furnish_letterhead(ground, ground.own, document)

    def close(self) -> None:
        """Set the file's own facts."""
        facts = self.file.core_properties
        facts.title, facts.author, facts.language = clean(self.document.title), clean(self.document.author), "sv-SE"
        facts.comments = ""

    def element(self, element: Element, *, leads: bool = False) -> None:
        """Append one element; what leads into a list or a table stays on its page."""
        match element:
            case Title():
                self._title(element)
            case Heading():
                self._heading(element)
            case Body(blocks):
                self.blocks(self.body, blocks, 0, leads=leads)
            case Names():
                self._names(element)
            case Points(points):
                for point in points:
                    paragraph = self.paragraph("Punkt")
                    paragraph.paragraph_format.left_indent = Emu(STEP * (point.level + 1))
                    paragraph.paragraph_format.first_line_indent = Emu(-STEP)
                    paragraph.add_run(f"{clean(point.label)}\t")
                    add_text(paragraph, point.text)
            case SignatureLine(text):
                self._signature(text)
            case Contents():
                self._contents()
            case Legend(entries):
                for index, (code, word) in enumerate(entries):
                    paragraph = self.paragraph("Teckenförklaring")
                    if index == 0:
                        paragraph.paragraph_format.space_before = Mm(6)
                    paragraph.add_run(f"{clean(code)}\t").bold = True
                    add_text(paragraph, word)
            case PageBreak():
                self.break_before = True

    def paragraph(self, style: str, parent: Any = None) -> Paragraph:
        """Append an empty paragraph of a style to the body or to a cell."""
        made = OxmlElement("w:p")
        if parent is None or parent is self.body:
            self.body.sectPr.addprevious(made)
        else:
            parent.append(made)
        paragraph = Paragraph(made, self.file._body)
        if style != "Normal":
            made.get_or_add_pPr().style = self._style_id(style)
        if (self.break_before or self.at_top) and (parent is None or parent is self.body):
            paragraph.paragraph_format.page_break_before = True if self.break_before else None
            paragraph.paragraph_format.space_before = Emu(0)
            self.break_before = self.at_top = False
        return paragraph

    def _style_id(self, name: str) -> str:
        if name not in self.style_ids:
            self.style_ids[name] = self.file.styles[name].style_id
        return self.style_ids[name]

    def _title(self, element: Title) -> None:
        if self.document.logo is not None and not (self.ground.own and self.ground.own.has_picture):
            paragraph = self.paragraph("Normal")
            paragraph.paragraph_format.left_indent = Emu(-self.ground.hang)
            picture = paragraph.add_run().add_picture(io.BytesIO(self.document.logo))
            scale = min(Mm(18) / picture.height, Mm(70) / picture.width)
            picture.height, picture.width = Emu(round(picture.height * scale)), Emu(round(picture.width * scale))
            for side in ("distT", "distB", "distL", "distR"):
                picture._inline.set(side, "0")
            picture._inline.docPr.set("descr", clean(self.document.logo_alt))
        if self.document.header:
            head = self.paragraph("Not")
            head.paragraph_format.left_indent = Emu(-self.ground.hang)
            add_text(head, self.document.header)
        add_text(self.paragraph("Forum"), element.forum)
        add_text(self.paragraph("Avsändare"), " · ".join(element.body))
        add_text(self.paragraph(self._heading_style(1)), element.title)
        add_text(self.paragraph("Mötesdag"), element.subtitle)

    def _heading_style(self, level: int) -> str:
        self.heading_level = max(1, min(level, self.heading_level + 1, 6))
        return f"Heading {self.heading_level}"

    def _heading(self, element: Heading) -> None:
        style = self._heading_style(element.level)
        if style == "Heading 2" and not element.listed:
            style = "Rubrik utanför innehåll"
        if element.level <= 2 and element.number and self.break_before and not self.names_paragraph:
            self._name_paragraph_in_head()
        paragraph = self.paragraph(style)
        if element.anchor:
            self._bookmark(paragraph, element.anchor)
        if element.number:
            paragraph.paragraph_format.first_line_indent = Emu(-self.ground.hang)
            number = paragraph.add_run(clean(element.number))
            number.style = self.file.styles[NUMBER_STYLE]
            paragraph.add_run("\t")
        if element.strong:
            paragraph.style = self.file.styles[STRONG_STYLE]
        run = add_text(paragraph, element.text)
        if element.beside:
            paragraph.paragraph_format.space_before = Mm(3)
            paragraph.paragraph_format.space_after = Emu(0)
            run.font.size = Mm(3.2)
            run.font.color.rgb = RGBColor.from_string(self.document.accent.upper())
        if element.note:
            paragraph.paragraph_format.space_after = Emu(0)
            add_text(self.paragraph("Not"), element.note)

    def _name_paragraph_in_head(self) -> None:
        """Begin a section whose running head says which § a page belongs to: a field that Word fills in."""
        self.names_paragraph = True
        if self.ground.own is None and self.body.sectPr.getprevious() is not None:
            self._end_section(1)
            self.body.sectPr.find(qn("w:type")).set(qn("w:val"), "nextPage")
            self.break_before, self.at_top = False, True
            name_paragraph(self.ground, self.document)

    def _bookmark(self, paragraph: Paragraph, anchor: str) -> None:
        name = self._bookmark_name(anchor)
        identity = str(int(name.removeprefix("_Toc")))
        paragraph._p.append(tag("w:bookmarkStart", {"id": identity, "name": name}))
        paragraph._p.append(tag("w:bookmarkEnd", {"id": identity}))

    def _bookmark_name(self, anchor: str) -> str:
        """Give a bookmark name that Word accepts: letters and digits, at most 40 of them, made from the order."""
        return self.bookmarks.setdefault(anchor, f"_Toc{len(self.bookmarks) + 1:06d}")

    def _names(self, element: Names) -> None:
        columns = element.columns if any(len(group) > 1 for group in element.groups) else 1
        if columns > 1:
            self._end_section(1)
        for group in element.groups:
            for index, name in enumerate(group, 1):
                paragraph = self.paragraph("Namn")
                if index == len(group):
                    paragraph.paragraph_format.space_after = Mm(3)
                add_text(paragraph, name)
        if columns > 1:
            self._end_section(columns)

    def _end_section(self, columns: int) -> None:
        """End the section with the last paragraph, set in so many columns; the next goes on where this one ends."""
        last = self.body.sectPr
        section = copy.deepcopy(last)
        set_columns(section, columns)
        before = last.getprevious()
        if before is None or before.tag != qn("w:p") or before.xpath("w:pPr/w:sectPr"):
            before = self.paragraph("Namn")._p
        before.get_or_add_pPr().append(section)
        for name in ("w:headerReference", "w:footerReference", "w:titlePg", "w:type"):
            for part in last.findall(qn(name)):
                last.remove(part)
        last.insert(0, tag("w:type", {"val": "continuous"}))

    def _signature(self, text: str) -> None:
        self.paragraph("Underskriftsrad")
        add_text(self.paragraph("Underskrift"), text)

    def _contents(self) -> None:
        """Write the contents field with its lines in it, each a link with the page it was printed on."""
        headings = self.document.listed()
        for index, heading in enumerate(headings):
            paragraph = self.paragraph("toc 2")
            if self.ground.own is not None:
                stops = paragraph.paragraph_format.tab_stops
                stops.add_tab_stop(self.ground.width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            if index == 0:
                begin_field(paragraph._p, 'TOC \\o "2-2" \\h \\z')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), self._bookmark_name(heading.anchor))
            link.set(qn("w:history"), "1")
            paragraph._p.append(link)
            if heading.number:
                paragraph.paragraph_format.first_line_indent = Emu(-self.ground.hang)
            number = f"{heading.number}\t" if heading.number else ""
            append_run(link, f"{number}{clean(heading.text)}\t")
            begin_field(link, f"PAGEREF {self._bookmark_name(heading.anchor)} \\h")
            append_run(link, str(self.page_numbers.get(heading.anchor, "")))
            field_mark(link, "end")
            if index == len(headings) - 1:
                field_mark(paragraph._p, "end")

    # --- rich text ---

    def blocks(self, parent: Any, blocks: Blocks, depth: int, style: str = "Normal", *, leads: bool = False) -> None:
        """Append rich text; its last paragraph `leads` if a list or a table follows."""
        for block, after in zip_longest(blocks, blocks[1:]):
            self._block(parent, block, depth, style, leads if after is None else isinstance(after, Lst | Table))

    def _block(self, parent: Any, block: Block, depth: int, style: str, leads: bool) -> None:
        match block:
            case Para(runs):
                paragraph = self.paragraph(style, parent)
                if leads:
                    paragraph.paragraph_format.keep_with_next = True
                if depth:
                    paragraph.paragraph_format.left_indent = Emu(STEP * depth)
                self._runs(paragraph, runs)
            case Head(level, runs):
                paragraph = self.paragraph(self._heading_style(3 + level), parent)
                self._runs(paragraph, runs)
            case Lst():
                self._list(parent, block, depth, style)
            case Table():
                TableWriter(self, block, depth).write(parent)

    def _list(self, parent: Any, block: Lst, depth: int, style: str) -> None:
        number = self._new_number(block, min(depth, LEVELS - 1))
        for item in block.items:
            first, rest = lead_of(item)
            paragraph = self.paragraph("Listpunkt" if style == "Normal" else style, parent)
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = min(depth, LEVELS - 1)
            properties.get_or_add_numId().val = number
            self._runs(paragraph, first.runs)
            self.blocks(parent, rest, depth + 1, style)

    def _new_number(self, block: Lst, level: int) -> int:
        """Begin a list: a new number with its own start, or it would go on from the one before."""
        identity, self.next_number = self.next_number, self.next_number + 1
        number = tag("w:num", {"numId": str(identity)})
        override = tag("w:lvlOverride", {"ilvl": str(level)})
        override.append(tag("w:startOverride", {"val": str(block.start)}))
        number.append(tag("w:abstractNumId", {"val": str(self.ground.lists[block.style])}))
        number.append(override)
        self.numbering._insert_num(number)
        return identity

    def _runs(self, paragraph: Paragraph, runs: Iterable[Run]) -> None:
        for run in runs:
            added = add_text(paragraph, run.text)
            font = added.font
            for mark in run.marks:
                match mark:
                    case "bold":
                        font.bold = True
                    case "italic":
                        font.italic = True
                    case "underline":
                        font.underline = True
                    case "strike":
                        font.strike = True
                    case "sub":
                        font.subscript = True
                    case "sup":
                        font.superscript = True
            if run.link:
                added.style = self.file.styles["Hyperlink"]
                link = OxmlElement("w:hyperlink")
                link.set(
                    qn("r:id"), self.file.part.relate_to(clean(run.link), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                )
                added._r.addprevious(link)
                link.append(added._r)
