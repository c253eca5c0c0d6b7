"""Write a document as DOCX, with real styles, numbering, fields and repeated header rows, so that Word can edit it."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from govern.documents import budget
from govern.documents.content import (
    FACT,
    IN_CONTENTS,
    NAME,
    Body,
    Contents,
    Document,
    Element,
    Heading,
    Legend,
    Names,
    PageBreak,
    Point,
    Points,
    SignatureLine,
    Title,
    clean,
    shortened,
)
from govern.documents.pdf.blocks import MOST_STEPS, called, lead_of, leads, start_of
from govern.documents.pdf.fitting import STEP as INDENT
from govern.documents.pdf.fitting import Setting, plan, step_in
from govern.documents.pdf.measures import TEXT
from govern.documents.word.base import LEVELS, NUMBER_STYLE, STEP, STRONG_STYLE
from govern.documents.word.elements import body_of, element_of, inline_of, insert_numbering
from govern.documents.word.own_base import DocxBase, OwnBase, default_base
from govern.documents.word.page import show_paragraph_in_header, write_header_and_footer, write_letterhead_footer
from govern.documents.word.table import TableWriter
from govern.documents.word.xml import (
    add_text,
    append_run,
    begin_field,
    field_mark,
    set_columns,
    tag,
)
from govern.richtext import Block, Blocks, Head, Lst, Para, Run, Table
from govern.write_lock import slow


@slow("writing a DOCX")
def write_docx(document: Document, page_numbers: Mapping[str, int], *, steps: int = budget.STEPS) -> bytes:
    """Write the document as DOCX; the contents show `page_numbers` (by anchor) until Word updates its fields.

    Raises:
        TooMuchToSet: if it takes more than `steps`.
    """
    base = default_base(document.accent) if document.base is None else OwnBase(document.base, document.accent).base
    writer = Writer(base, document, page_numbers)
    with budget.budget(steps):
        for element, after in zip_longest(document.elements, document.elements[1:]):
            writer.element(element, leads=after is not None and leads(element, after))
    writer.close()
    buffer = io.BytesIO()
    base.file.save(buffer)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Spot:
    """The context of rich text: its style, its indent and width in the PDF (points), list depth, whether in a cell."""

    style: str = "Normal"
    indent: float = 0.0
    room: float = TEXT
    level: int = 0
    nested: bool = False


BODY = Spot()


class Writer:
    """Appends elements to the body, with the state that spans them: heading level, bookmarks, list numbers, section."""

    def __init__(self, base: DocxBase, document: Document, page_numbers: Mapping[str, int]) -> None:
        self.base, self.document, self.page_numbers = base, document, page_numbers
        self.file = file = base.file
        self.body = file.element.body
        self.end = self.body.sectPr  # Stored, as it is looked up among all paragraphs.
        self.heading_level = 1
        self.bookmarks: dict[str, str] = {}
        self.break_before = self.at_top = False
        self.numbering = file.part.numbering_part.element
        self.next_number = max((int(n) for n in self.numbering.xpath("w:num/@w:numId")), default=0) + 1
        self.style_ids: dict[str, str] = {}
        self.names_paragraph = False
        self.landscape = self.in_landscape = False
        self.place, self.tables = "", 0
        if base.own is None:
            write_header_and_footer(base, document)
        else:
            write_letterhead_footer(base, base.own, document)

    def close(self) -> None:
        """Set the file's core properties."""
        facts = self.file.core_properties
        facts.title, facts.author = (clean(shortened(t, FACT)) for t in (self.document.title, self.document.author))
        facts.language = "sv-SE"
        facts.comments = ""

    def element(self, element: Element, *, leads: bool = False) -> None:
        """Append one element; with `leads` its last paragraph stays on the page where the next element begins."""
        if not isinstance(element, Body):
            self._turn_back()
        if isinstance(element, Heading) and element.level <= 2 and not element.beside:
            self.place, self.tables = clean(element.number or element.text), 0
        budget.at(self.place)
        match element:
            case Title():
                self._title(element)
            case Heading():
                self._heading(element)
            case Body(blocks):
                self.blocks(self.body, blocks, BODY, leads=leads)
            case Names():
                self._names(element)
            case Points(points):
                self._points(points)
            case SignatureLine(text):
                self._signature(text)
            case Contents():
                self._contents()
            case Legend(entries):
                self._legend(entries)
            case PageBreak():
                self.break_before = True

    def _points(self, points: Iterable[Point]) -> None:
        for point in points:
            paragraph = self.paragraph("Punkt")
            paragraph.paragraph_format.left_indent = Emu(STEP * (min(point.level, MOST_STEPS) + 1))
            paragraph.paragraph_format.first_line_indent = Emu(-STEP)
            paragraph.add_run(f"{clean(point.label)}\t")
            add_text(paragraph, point.text)

    def _legend(self, entries: Iterable[tuple[str, str]]) -> None:
        for index, (code, word) in enumerate(entries):
            paragraph = self.paragraph("Teckenförklaring")
            if index == 0:
                paragraph.paragraph_format.space_before = Mm(6)
            paragraph.add_run(f"{clean(code)}\t").bold = True
            add_text(paragraph, word)

    def paragraph(self, style: str, parent: Any = None) -> Paragraph:
        """Append an empty paragraph of a style to the body or to a cell."""
        if self.landscape and not self.in_landscape and (parent is None or parent is self.body):
            self._turn_back()
        made = OxmlElement("w:p")
        if parent is None or parent is self.body:
            self.end.addprevious(made)
        else:
            parent.append(made)
        paragraph = Paragraph(made, body_of(self.file))
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
        if self.document.logo is not None and not (self.base.own and self.base.own.has_picture):
            paragraph = self.paragraph("Normal")
            paragraph.paragraph_format.left_indent = Emu(-self.base.hang)
            picture = paragraph.add_run().add_picture(io.BytesIO(self.document.logo))
            scale = min(Mm(18) / picture.height, Mm(70) / picture.width)
            picture.height, picture.width = Emu(round(picture.height * scale)), Emu(round(picture.width * scale))
            for side in ("distT", "distB", "distL", "distR"):
                inline_of(picture).set(side, "0")
            inline_of(picture).docPr.set("descr", clean(self.document.logo_alt))
        if self.document.header:
            head = self.paragraph("Not")
            head.paragraph_format.left_indent = Emu(-self.base.hang)
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
        above = self.end.getprevious()
        paragraph = self.paragraph(style)
        if element.level > 2 and above is not None and above.style == self._style_id("Not"):
            paragraph.paragraph_format.space_before = Pt(9)
        if element.anchor:
            self._bookmark(paragraph, element.anchor)
        if element.number:
            paragraph.paragraph_format.first_line_indent = Emu(-self.base.hang)
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
        """On our own base, begin a section whose running head shows each page's §, in a field that Word fills in."""
        self.names_paragraph = True
        if self.base.own is None and (last := self.end.getprevious()) is not None:
            if not _ends_section(last):  # An empty section would be an empty page.
                self._end_section(1)
            self.end.find(qn("w:type")).set(qn("w:val"), "nextPage")
            self.break_before, self.at_top = False, True
            show_paragraph_in_header(self.base, self.document)

    def _bookmark(self, paragraph: Paragraph, anchor: str) -> None:
        name = self._bookmark_name(anchor)
        identity = str(int(name.removeprefix("_Toc")))
        element_of(paragraph).append(tag("w:bookmarkStart", {"id": identity, "name": name}))
        element_of(paragraph).append(tag("w:bookmarkEnd", {"id": identity}))

    def _bookmark_name(self, anchor: str) -> str:
        """Return a bookmark name that Word accepts (at most 40 letters and digits), numbered in the order of use."""
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
                add_text(paragraph, shortened(name, NAME))
        if columns > 1:
            self._end_section(columns)

    def _end_section(self, columns: int, first: Any = None) -> None:
        """End the section, in `columns` columns, before the element `first` or else here; the next is continuous."""
        last = self.end
        section = copy.deepcopy(last)
        set_columns(section, columns)
        first = last if first is None else first
        before = first.getprevious()
        if before is None or before.tag != qn("w:p") or _ends_section(before):
            before = OxmlElement("w:p")
            before.get_or_add_pPr().style = self._style_id("Namn")
            first.addprevious(before)
        before.get_or_add_pPr().append(section)
        for name in ("w:headerReference", "w:footerReference", "w:titlePg", "w:type"):
            for part in last.findall(qn(name)):
                last.remove(part)
        last.insert(0, tag("w:type", {"val": "continuous"}))

    def _turn(self) -> None:
        """Begin a landscape section unless in one; paragraphs that must stay with the table move into it."""
        if self.landscape:
            return
        first = self.end
        while (before := first.getprevious()) is not None and self._binds(before):
            first = before
        self.break_before = self.at_top = False
        if _is_landscape(before) and self.end.find(qn("w:headerReference")) is None:
            self._join_section(before)
        else:
            if before is not None and not _ends_section(before):  # An empty section would be an empty page.
                self._end_section(1, first)
            self._turn_section("landscape")
        self.landscape = True

    def _join_section(self, last: Any) -> None:
        """Remove the section break at `last`, so that the section before continues with what follows."""
        section = last.pPr.find(qn("w:sectPr"))
        last.pPr.remove(section)
        self.end[:] = list(section)

    def _turn_back(self) -> None:
        """End the landscape section, if in one."""
        if self.landscape:
            self._end_section(1)
            self._turn_section("portrait")
            self.landscape = self.break_before = False

    def _turn_section(self, orientation: str) -> None:
        section = self.end
        for kind in section.findall(qn("w:type")):
            kind.set(qn("w:val"), "nextPage")
        size = section.find(qn("w:pgSz"))
        across, up = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), up)
        size.set(qn("w:h"), across)
        size.set(qn("w:orient"), orientation)

    def _binds(self, made: Any) -> bool:
        """Return whether a paragraph must not end a page: a heading, the note below it, or one kept with the next."""
        if made.tag != qn("w:p") or _ends_section(made):
            return False
        leading = {self._style_id(name) for name in ("Not", "Rubrik utanför innehåll", STRONG_STYLE)}
        leading |= {self._style_id(f"Heading {level}") for level in range(1, 7)}
        return bool(made.xpath("w:pPr/w:keepNext")) or made.style in leading

    def _signature(self, text: str) -> None:
        self.paragraph("Underskriftsrad")
        add_text(self.paragraph("Underskrift"), shortened(text, NAME))

    def _contents(self) -> None:
        """Write the TOC field with a line for each listed heading: a link, and its page number in the PDF."""
        headings = self.document.listed()
        for index, heading in enumerate(headings):
            paragraph = self.paragraph("toc 2")
            if self.base.own is not None:
                stops = paragraph.paragraph_format.tab_stops
                stops.add_tab_stop(self.base.width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            if index == 0:
                begin_field(element_of(paragraph), 'TOC \\o "2-2" \\h \\z')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), self._bookmark_name(heading.anchor))
            link.set(qn("w:history"), "1")
            element_of(paragraph).append(link)
            if heading.number:
                paragraph.paragraph_format.first_line_indent = Emu(-self.base.hang)
            number = f"{heading.number}\t" if heading.number else ""
            append_run(link, f"{number}{shortened(clean(heading.text), IN_CONTENTS)}\t")
            begin_field(link, f"PAGEREF {self._bookmark_name(heading.anchor)} \\h")
            append_run(link, str(self.page_numbers.get(heading.anchor, "")))
            field_mark(link, "end")
            if index == len(headings) - 1:
                field_mark(element_of(paragraph), "end")

    # --- rich text ---

    def blocks(self, parent: Any, blocks: Blocks, spot: Spot, *, leads: bool = False) -> None:
        """Append rich text; a paragraph before a list or table, and with `leads` the last, stays with what follows."""
        for block, after in zip_longest(blocks, blocks[1:]):
            budget.spend(1)
            self._block(parent, block, spot, leads if after is None else isinstance(after, Lst | Table))

    def cell_blocks(self, parent: Any, blocks: Blocks, room: float, setting: Setting) -> None:
        """Append rich text to a cell; a table in it may be `room` points wide in the PDF."""
        self.blocks(parent, blocks, Spot("Tabelltext", room=room, nested=True))

    def _block(self, parent: Any, block: Block, spot: Spot, leads: bool) -> None:
        match block:
            case Para(runs):
                paragraph = self.paragraph(spot.style, parent)
                if leads:
                    paragraph.paragraph_format.keep_with_next = True
                if spot.indent:
                    paragraph.paragraph_format.left_indent = Pt(spot.indent)
                self._runs(paragraph, runs)
            case Head(level, runs):
                paragraph = self.paragraph(self._heading_style(3 + level), parent)
                self._runs(paragraph, runs)
            case Lst():
                self._list(parent, block, spot)
            case Table():
                self._table(parent, block, spot)

    def _table(self, parent: Any, block: Table, spot: Spot) -> None:
        if not spot.nested:
            self.tables += 1
        budget.at(called(self.place, self.tables))
        budget.spend(sum(map(len, block.rows)))
        planned = plan(block, spot.room, nested=spot.nested)
        if planned.way == "list":
            self.blocks(parent, planned.listed, spot)
            return
        landscape, was_landscape = planned.setting.landscape, self.in_landscape
        if landscape:
            self._turn()
        elif not spot.nested:
            self._turn_back()
        self.in_landscape = landscape or was_landscape
        for part in planned.parts:
            if part.note:
                note = self.paragraph("Not", parent)
                note.paragraph_format.left_indent = Emu(-self.base.hang)
                note.paragraph_format.keep_with_next = True
                add_text(note, part.note)
            indent = -self.base.hang.pt if landscape else spot.indent
            width = self.base.landscape_width.pt if landscape else self._width(spot)
            TableWriter(self, part, planned.setting, room=spot.room, width=width, indent=indent).write(parent)
        self.in_landscape = was_landscape

    def _width(self, spot: Spot) -> float:
        """Return the width available to a table here, in points."""
        return spot.room if spot.nested else float(self.base.width.pt) - spot.indent

    def _list(self, parent: Any, block: Lst, spot: Spot) -> None:
        number = self._new_number(block, min(spot.level, LEVELS - 1))
        step = step_in(spot.room)
        inner = replace(spot, indent=spot.indent + step, room=spot.room - step, level=spot.level + 1)
        for item in block.items:
            budget.spend(1)
            first, rest = lead_of(item)
            paragraph = self.paragraph("Listpunkt" if spot.style == "Normal" else spot.style, parent)
            properties = element_of(paragraph).get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = min(spot.level, LEVELS - 1)
            properties.get_or_add_numId().val = number
            if step < INDENT or spot.level >= LEVELS:
                paragraph.paragraph_format.left_indent = Pt(inner.indent)
                paragraph.paragraph_format.first_line_indent = Pt(-step)
            self._runs(paragraph, first.runs)
            self.blocks(parent, rest, inner)

    def _new_number(self, block: Lst, level: int) -> int:
        """Add a numbering instance with its own start, so that the list continues no other; return its number."""
        identity, self.next_number = self.next_number, self.next_number + 1
        number = tag("w:num", {"numId": str(identity)})
        override = tag("w:lvlOverride", {"ilvl": str(level)})
        override.append(tag("w:startOverride", {"val": str(start_of(block))}))
        number.append(tag("w:abstractNumId", {"val": str(self.base.lists[block.style])}))
        number.append(override)
        insert_numbering(self.numbering, number)
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
                element_of(added).addprevious(link)
                link.append(element_of(added))


def _ends_section(made: Any) -> bool:
    """Return whether a section ends with this paragraph."""
    return bool(made.xpath("w:pPr/w:sectPr"))


def _is_landscape(made: Any | None) -> bool:
    """Return whether a landscape section ends with this paragraph."""
    return made is not None and bool(made.xpath("w:pPr/w:sectPr/w:pgSz[@w:orient='landscape']"))
