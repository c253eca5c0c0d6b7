"""A document to DOCX: real styles, numbering, fields and repeated table heads, so that it can be edited in Word."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Mapping
from typing import Any, cast

from docx.enum.text import WD_BREAK, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, RGBColor
from docx.text.paragraph import Paragraph

from govern.documents.blocks import cell_grid, lead_of
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
from govern.documents.docx_base import LEVELS, STEP
from govern.documents.own_base import Ground, OwnBase, plain_ground
from govern.richtext import Block, Blocks, Cell, Head, Lst, Para, Run, Table


def write_docx(document: Document, page_numbers: Mapping[str, int]) -> bytes:
    """Write the document; the contents show `page_numbers` (by anchor) until Word is told to count anew."""
    ground = plain_ground(document.accent) if document.base is None else OwnBase(document.base, document.accent).ground
    writer = _Writer(ground, document, page_numbers)
    for element in document.elements:
        writer.element(element)
    writer.close()
    buffer = io.BytesIO()
    ground.file.save(buffer)
    return buffer.getvalue()


class _Writer:
    """Appends elements to the body, keeping what spans several: heading levels, bookmarks, list numbers, sections."""

    def __init__(self, ground: Ground, document: Document, page_numbers: Mapping[str, int]) -> None:
        self.ground, self.document, self.page_numbers = ground, document, page_numbers
        self.file = file = ground.file
        self.body = file.element.body
        self.heading_level = 1
        self.bookmarks: dict[str, str] = {}
        self.break_before = False
        self.numbering = file.part.numbering_part.element
        self.first_section: Any = None
        if ground.own is None:
            _furnish(ground, document)
        else:
            _furnish_letterhead(ground, ground.own, document)

    def close(self) -> None:
        """Set the file's own facts."""
        facts = self.file.core_properties
        facts.title, facts.author, facts.language = clean(self.document.title), clean(self.document.author), "sv-SE"
        facts.comments = ""

    def element(self, element: Element) -> None:
        """Append one element."""
        match element:
            case Title():
                self._title(element)
            case Heading():
                self._heading(element)
            case Body(blocks):
                self._blocks(self.body, blocks, 0)
            case Names():
                self._names(element)
            case Points(points):
                for point in points:
                    paragraph = self._paragraph("Punkt")
                    paragraph.paragraph_format.left_indent = Emu(STEP * (point.level + 1))
                    paragraph.paragraph_format.first_line_indent = Emu(-STEP)
                    paragraph.add_run(f"{clean(point.label)}\t")
                    _add_text(paragraph, point.text)
            case SignatureLine(text):
                self._signature(text)
            case Contents():
                self._contents()
            case Legend(entries):
                for index, (code, word) in enumerate(entries):
                    paragraph = self._paragraph("Teckenförklaring")
                    if index == 0:
                        paragraph.paragraph_format.space_before = Mm(6)
                    paragraph.add_run(f"{clean(code)}\t").bold = True
                    _add_text(paragraph, word)
            case PageBreak():
                self.break_before = True

    def _paragraph(self, style: str, parent: Any = None) -> Paragraph:
        element = OxmlElement("w:p")
        if parent is None or parent is self.body:
            self.body.sectPr.addprevious(element)
        else:
            parent.append(element)
        paragraph = Paragraph(element, self.file._body)
        if style != "Normal":
            paragraph.style = self.file.styles[style]
        if self.break_before and (parent is None or parent is self.body):
            paragraph.paragraph_format.page_break_before = True
            self.break_before = False
        return paragraph

    def _title(self, element: Title) -> None:
        if self.document.logo is not None and not (self.ground.own and self.ground.own.has_picture):
            paragraph = self._paragraph("Normal")
            paragraph.paragraph_format.left_indent = Emu(-self.ground.hang)
            picture = paragraph.add_run().add_picture(io.BytesIO(self.document.logo))
            scale = min(Mm(18) / picture.height, Mm(70) / picture.width)
            picture.height, picture.width = Emu(round(picture.height * scale)), Emu(round(picture.width * scale))
            picture._inline.docPr.set("descr", clean(self.document.logo_alt))
        if self.document.header:
            head = self._paragraph("Not")
            head.paragraph_format.left_indent = Emu(-self.ground.hang)
            _add_text(head, self.document.header)
        _add_text(self._paragraph("Forum"), element.forum)
        _add_text(self._paragraph("Avsändare"), " · ".join(element.body))
        _add_text(self._paragraph(self._heading_style(1)), element.title)
        _add_text(self._paragraph("Mötesdag"), element.subtitle)

    def _heading_style(self, level: int) -> str:
        self.heading_level = max(1, min(level, self.heading_level + 1, 6))
        return f"Heading {self.heading_level}"

    def _heading(self, element: Heading) -> None:
        style = self._heading_style(element.level)
        if style == "Heading 2" and not element.listed:
            style = "Rubrik utanför innehåll"
        paragraph = self._paragraph(style)
        if element.anchor:
            self._bookmark(paragraph, element.anchor)
        if element.number:
            paragraph.paragraph_format.first_line_indent = Emu(-self.ground.hang)
            number = paragraph.add_run(f"{clean(element.number)}\t")
            number.font.color.rgb = RGBColor.from_string(self.document.accent.upper())
        run = _add_text(paragraph, element.text)
        if element.beside:
            paragraph.paragraph_format.space_before = Mm(3)
            paragraph.paragraph_format.space_after = Emu(0)
            run.font.size = Mm(3.2)
            run.font.color.rgb = RGBColor.from_string(self.document.accent.upper())
        if element.note:
            paragraph.paragraph_format.space_after = Emu(0)
            _add_text(self._paragraph("Not"), element.note)

    def _bookmark(self, paragraph: Paragraph, anchor: str) -> None:
        name = self._bookmark_name(anchor)
        identity = str(list(self.bookmarks).index(anchor))
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), identity)
        start.set(qn("w:name"), name)
        end.set(qn("w:id"), identity)
        paragraph._p.append(start)
        paragraph._p.append(end)

    def _bookmark_name(self, anchor: str) -> str:
        """Give a bookmark name that Word accepts: letters and digits, at most 40 of them, made from the order."""
        return self.bookmarks.setdefault(anchor, f"_Toc{len(self.bookmarks) + 1:06d}")

    def _names(self, element: Names) -> None:
        columns = element.columns if any(len(group) > 1 for group in element.groups) else 1
        if columns > 1:
            self._end_section(1)
        for group in element.groups:
            for index, name in enumerate(group, 1):
                paragraph = self._paragraph("Namn")
                if index == len(group):
                    paragraph.paragraph_format.space_after = Mm(3)
                _add_text(paragraph, name)
        if columns > 1:
            self._end_section(columns)

    def _end_section(self, columns: int) -> None:
        """End the section with the last paragraph, set in so many columns; the next goes on where this one ends."""
        last = self.body.sectPr
        section = copy.deepcopy(last)
        _set_columns(section, columns)
        before = last.getprevious()
        if before is None or before.tag != qn("w:p") or before.xpath("w:pPr/w:sectPr"):
            before = self._paragraph("Namn")._p
        before.get_or_add_pPr().append(section)
        if self.first_section is None:
            self.first_section = section
            for reference in (*last.findall(qn("w:headerReference")), *last.findall(qn("w:footerReference"))):
                last.remove(reference)
            for name in ("w:titlePg", "w:type"):
                if (part := last.find(qn(name))) is not None:
                    last.remove(part)
            kind = OxmlElement("w:type")
            kind.set(qn("w:val"), "continuous")
            last.insert(0, kind)

    def _signature(self, text: str) -> None:
        self._paragraph("Underskriftsrad")
        _add_text(self._paragraph("Underskrift"), text)

    def _contents(self) -> None:
        """Write the contents field with its lines in it, each a link with the page it was printed on."""
        headings = self.document.listed()
        for index, heading in enumerate(headings):
            paragraph = self._paragraph("Innehållsrad")
            if index == 0:
                _begin_field(paragraph._p, 'TOC \\o "2-2" \\h \\z')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), self._bookmark_name(heading.anchor))
            link.set(qn("w:history"), "1")
            paragraph._p.append(link)
            if heading.number:
                paragraph.paragraph_format.first_line_indent = Emu(-self.ground.hang)
            number = f"{heading.number}\t" if heading.number else ""
            _append_run(link, f"{number}{clean(heading.text)}\t")
            _begin_field(link, f"PAGEREF {self._bookmark_name(heading.anchor)} \\h")
            _append_run(link, str(self.page_numbers.get(heading.anchor, "")))
            _field_mark(link, "end")
            if index == len(headings) - 1:
                _field_mark(paragraph._p, "end")

    # --- rich text ---

    def _blocks(self, parent: Any, blocks: Blocks, depth: int, style: str = "Normal") -> None:
        for block in blocks:
            self._block(parent, block, depth, style)

    def _block(self, parent: Any, block: Block, depth: int, style: str) -> None:
        match block:
            case Para(runs):
                paragraph = self._paragraph(style, parent)
                if depth:
                    paragraph.paragraph_format.left_indent = Emu(STEP * depth)
                self._runs(paragraph, runs)
            case Head(level, runs):
                paragraph = self._paragraph(self._heading_style(3 + level), parent)
                self._runs(paragraph, runs)
            case Lst():
                self._list(parent, block, depth, style)
            case Table():
                self._table(parent, block, depth)

    def _list(self, parent: Any, block: Lst, depth: int, style: str) -> None:
        number = self._new_number(block, min(depth, LEVELS - 1))
        for item in block.items:
            first, rest = lead_of(item)
            paragraph = self._paragraph("Listpunkt" if style == "Normal" else style, parent)
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = min(depth, LEVELS - 1)
            properties.get_or_add_numId().val = number
            self._runs(paragraph, first.runs)
            self._blocks(parent, rest, depth + 1, style)

    def _new_number(self, block: Lst, level: int) -> int:
        """Begin a list: a new number with its own start, or it would go on from the one before."""
        number = self.numbering.add_num(self.ground.lists[block.style])
        override = number.add_lvlOverride(ilvl=level)
        override.add_startOverride(block.start)
        return int(number.numId)

    def _runs(self, paragraph: Paragraph, runs: Iterable[Run]) -> None:
        for run in runs:
            added = _add_text(paragraph, run.text)
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
            if run.href:
                added.style = self.file.styles["Hyperlink"]
                link = OxmlElement("w:hyperlink")
                link.set(
                    qn("r:id"), self.file.part.relate_to(clean(run.href), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                )
                added._r.addprevious(link)
                link.append(added._r)

    def _table(self, parent: Any, block: Table, depth: int) -> None:
        grid = cell_grid(block)
        if not grid:
            return
        columns = len(grid[0])
        table = OxmlElement("w:tbl")
        properties = OxmlElement("w:tblPr")
        for name, values in (
            ("w:tblStyle", {"val": "Protokolltabell"}),
            ("w:tblW", {"w": "0", "type": "auto"}),
            ("w:tblInd", {"w": str(round(Emu(STEP * depth).twips)), "type": "dxa"}),
            ("w:tblLook", {"val": "0020" if block.head_rows else "0000", "firstRow": "1" if block.head_rows else "0"}),
        ):
            properties.append(_element(name, values))
        table.append(properties)
        widths = OxmlElement("w:tblGrid")
        for _ in range(columns):
            widths.append(_element("w:gridCol", {"w": str(round(self.ground.width.twips / columns))}))
        table.append(widths)
        if parent is self.body:
            self.body.sectPr.addprevious(table)
        else:
            parent.append(table)
        held: dict[int, tuple[int, int]] = {}
        for y, row in enumerate(grid):
            line = OxmlElement("w:tr")
            if y < block.head_rows:
                look = OxmlElement("w:trPr")
                look.append(_element("w:cantSplit", {}))
                look.append(_element("w:tblHeader", {}))
                line.append(look)
            table.append(line)
            x = 0
            while x < columns:
                x += self._cell(line, row[x], x, held, block)
        # Word joins two tables that touch, and wants a paragraph after one that ends a cell.
        self._paragraph("Namn", parent)

    def _cell(self, line: Any, cell: Cell | None, x: int, held: dict[int, tuple[int, int]], block: Table) -> int:
        """Write the cell at column `x`, or the continuation of one that spans rows; say how many columns it took."""
        place = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        properties.append(_element("w:tcW", {"w": "0", "type": "auto"}))
        place.append(properties)
        line.append(place)
        if cell is None:
            left, across = held.get(x, (0, 1))
            held[x] = (left - 1, across)
            if across > 1:
                properties.append(_element("w:gridSpan", {"val": str(across)}))
            properties.append(_element("w:vMerge", {}))
            place.append(OxmlElement("w:p"))
            return across
        if cell.colspan > 1:
            properties.append(_element("w:gridSpan", {"val": str(cell.colspan)}))
        if cell.rowspan > 1:
            properties.append(_element("w:vMerge", {"val": "restart"}))
            held[x] = (cell.rowspan - 1, cell.colspan)
        self._blocks(place, cell.blocks, 0, "Tabelltext")
        if len(place) == 1 or place[-1].tag != qn("w:p"):
            place.append(OxmlElement("w:p"))
        if cell.head:
            for run in place.iter(qn("w:r")):
                run.get_or_add_rPr().append(OxmlElement("w:b")) if run.find(qn("w:rPr")) is None else None
        return cell.colspan


def _element(name: str, values: Mapping[str, str]) -> Any:
    element = OxmlElement(name)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _add_text(paragraph: Paragraph, text: str) -> Any:
    run = paragraph.add_run()
    for index, line in enumerate(clean(text).split("\n")):
        if index:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
    return run


def _append_run(parent: Any, text: str) -> None:
    run = OxmlElement("w:r")
    for index, part in enumerate(text.split("\t")):
        if index:
            run.append(OxmlElement("w:tab"))
        if part:
            words = OxmlElement("w:t")
            words.text = part
            words.set(qn("xml:space"), "preserve")
            run.append(words)
    parent.append(run)


def _begin_field(parent: Any, instruction: str) -> None:
    _field_mark(parent, "begin")
    run = OxmlElement("w:r")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    run.append(code)
    parent.append(run)
    _field_mark(parent, "separate")


def _field_mark(parent: Any, kind: str) -> None:
    run = OxmlElement("w:r")
    run.append(_element("w:fldChar", {"fldCharType": kind}))
    parent.append(run)


def _set_columns(section: Any, columns: int) -> None:
    part = section.find(qn("w:cols"))
    if part is None:
        part = OxmlElement("w:cols")
        section.append(part)
    part.set(qn("w:space"), str(round(Mm(5).twips)))
    part.set(qn("w:num"), str(columns))


def _furnish(ground: Ground, document: Document) -> None:
    """Write what every page repeats: the running head (not on the first), the page number, the signature strip."""
    file, section = ground.file, ground.file.sections[0]
    section.different_first_page_header_footer = True
    running = "\n".join(filter(None, (document.header, document.running)))
    for header, text in ((section.header, running), (section.first_page_header, "")):
        paragraph = header.paragraphs[0]
        paragraph.style = file.styles["header"]
        _add_text(paragraph, text)
        _page_of(paragraph)
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        paragraph.style = file.styles["footer"]
        if document.strip:
            _strip(paragraph, document.strip, ground)


def _furnish_letterhead(ground: Ground, own: OwnBase, document: Document) -> None:
    """Write the same beneath a letterhead's head and above its foot, which stay as they are."""
    section = ground.file.sections[0]
    first, even = section.different_first_page_header_footer, ground.file.settings.odd_and_even_pages_header_footer
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
            paragraph = _furniture(place, "header", ground)
            paragraph.paragraph_format.tab_stops.add_tab_stop(ground.width, WD_TAB_ALIGNMENT.RIGHT)
            _add_text(paragraph, running)
            if not own.numbers_pages:
                _page_of(paragraph)
    for place in feet:
        if document.strip:
            paragraph = _furniture(place, "footer", ground)
            place._element.insert(0, paragraph._p)
            _strip(paragraph, document.strip, ground)


def _furniture(place: Any, style: str, ground: Ground) -> Paragraph:
    """Add a line to a head or foot: the empty one that a new one has, else one of its own."""
    empty = len(place._element) == 1 and not place.paragraphs[0].text
    paragraph = place.paragraphs[0] if empty else place.add_paragraph()
    paragraph.style = named = ground.file.styles[style]
    while named is not None:  # The base's own tab stops would catch what is set to the right.
        for stop in named.paragraph_format.tab_stops:
            paragraph.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
        named = named.base_style
    return cast("Paragraph", paragraph)


def _page_of(paragraph: Paragraph) -> None:
    _append_run(paragraph._p, "\tSida ")
    for instruction, end in (("PAGE", " ("), ("NUMPAGES", ")")):
        _begin_field(paragraph._p, instruction)
        _append_run(paragraph._p, "1")
        _field_mark(paragraph._p, "end")
        _append_run(paragraph._p, end)


def _strip(paragraph: Paragraph, words: tuple[str, ...], ground: Ground) -> None:
    across = (ground.width + ground.hang) / len(words)
    stops = paragraph.paragraph_format.tab_stops
    for index in range(1, len(words)):
        stops.add_tab_stop(Emu(round(across * index - ground.hang)), WD_TAB_ALIGNMENT.LEFT)
    properties = paragraph._p.get_or_add_pPr()
    border = OxmlElement("w:pBdr")
    border.append(_element("w:top", {"val": "single", "sz": "4", "space": "4", "color": "9AA3A8"}))
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")
    _append_run(paragraph._p, "\t".join(clean(word) for word in words))
