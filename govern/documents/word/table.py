"""Write a table in a DOCX: columns as in the PDF, repeated header rows, numbers to the right, rows kept whole."""

from __future__ import annotations

from typing import Any, Protocol

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from govern.documents import budget
from govern.documents.pdf.fitting import UPRIGHT, Part, Setting, column_widths, room_of
from govern.documents.pdf.grids import Placed
from govern.documents.word.xml import tag
from govern.richtext import Blocks, text_of

FEW = 8
"""The most rows of a table that is kept on one page."""

LONG = 600
"""A row may be split by a page break if one of its cells has at least this many characters."""


class Host(Protocol):
    """What a table needs from the document's writer."""

    body: Any
    end: Any

    def cell_blocks(self, parent: Any, blocks: Blocks, room: float, setting: Setting) -> None:
        """Append rich text to a cell; a table in it may be `room` points wide in the PDF."""

    def paragraph(self, style: str, parent: Any = ...) -> Paragraph:
        """Append an empty paragraph."""


class TableWriter:
    """Writes one part of a table, `width` points wide and indented by `indent`; in the PDF it has `room` points."""

    def __init__(self, host: Host, part: Part, setting: Setting, *, room: float, width: float, indent: float) -> None:
        self.host, self.part, self.grid, self.setting, self.indent = host, part, part.grid, setting, indent
        self.rooms = column_widths(self.grid, room_of(setting, room), setting)
        self.widths = [round(20 * w) for w in column_widths(self.grid, width, setting)]
        self.by_row = self.grid.by_row()

    def write(self, parent: Any) -> None:
        """Append the table, and the paragraph that must follow it."""
        table = OxmlElement("w:tbl")
        table.append(self._properties())
        widths = OxmlElement("w:tblGrid")
        widths.extend([tag("w:gridCol", {"w": str(width)}) for width in self.widths])
        table.append(widths)
        if parent is self.host.body:
            self.host.end.addprevious(table)
        else:
            parent.append(table)
        reaching: list[Placed] = []
        for y, row in enumerate(self.by_row):
            budget.spend(1 + len(row))
            reaching = [place for place in reaching if place.bottom > y]
            table.append(self._row(y, sorted([*reaching, *row], key=lambda place: place.x)))
            reaching += [place for place in row if place.down > 1]
        # Word joins adjacent tables, and requires a paragraph after a table that ends a cell. It is as low as possible:
        # after a table that fills its page, a whole line would add an empty page.
        after = self.host.paragraph("Namn", parent).paragraph_format
        after.line_spacing, after.space_after = Pt(1), Pt(10)

    def _properties(self) -> Any:
        properties = OxmlElement("w:tblPr")
        first = "1" if self.grid.head_rows else "0"
        margins = OxmlElement("w:tblCellMar")
        margins.append(tag("w:right", {"w": str(round(20 * self.setting.gap)), "type": "dxa"}))
        for name, values in (
            ("w:tblStyle", {"val": "Protokolltabell"}),
            ("w:tblW", {"w": str(sum(self.widths)), "type": "dxa"}),
            ("w:tblInd", {"w": str(round(20 * self.indent)), "type": "dxa"}),
            ("w:tblLayout", {"type": "fixed"}),
            ("w:tblLook", {"val": "0020" if self.grid.head_rows else "0000", "firstRow": first}),
        ):
            if name == "w:tblLook" and self.setting.size < UPRIGHT.size:
                properties.append(margins)
            properties.append(tag(name, values))
        return properties

    def _row(self, y: int, row: list[Placed]) -> Any:
        line = OxmlElement("w:tr")
        look = OxmlElement("w:trPr")
        head = y < self.grid.head_rows
        begins = [place for place in row if place.y == y]
        if head or all(len(text_of(place.cell.blocks)) < LONG for place in begins):
            look.append(tag("w:cantSplit", {}))
        if head:
            look.append(tag("w:tblHeader", {}))
        if len(look):
            line.append(look)
        for place in row:
            line.append(self._cell(place, begins=place.y == y))
        if head or (self.grid.rows <= FEW and y + 1 < self.grid.rows):
            for properties in line.iter(qn("w:pPr")):
                properties.get_or_add_keepNext()
        return line

    def _cell(self, place: Placed, *, begins: bool) -> Any:
        """Write a cell, or the continuation of one that spans rows."""
        made = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        width = sum(self.widths[place.x : place.right])
        properties.append(tag("w:tcW", {"w": str(width), "type": "dxa"}))
        made.append(properties)
        if place.across > 1:
            properties.append(tag("w:gridSpan", {"val": str(place.across)}))
        if not begins:
            properties.append(tag("w:vMerge", {}))
            made.append(OxmlElement("w:p"))
            return made
        if place.down > 1:
            properties.append(tag("w:vMerge", {"val": "restart"}))
        gap = self.setting.gap if place.right < self.grid.columns else 0.0
        self.host.cell_blocks(made, place.cell.blocks, sum(self.rooms[place.x : place.right]) - gap, self.setting)
        if len(made) == 1 or made[-1].tag != qn("w:p"):
            made.append(OxmlElement("w:p"))
        if place.across == 1 and place.x in self.part.figures:
            for paragraph in made.findall(qn("w:p")):
                Paragraph(paragraph, None).alignment = WD_ALIGN_PARAGRAPH.RIGHT  # type: ignore[arg-type]
        if self.setting.size < UPRIGHT.size:
            for run in made.iter(qn("w:r")):
                run.get_or_add_rPr().sz_val = Pt(self.setting.size)
            for paragraph in made.iter(qn("w:p")):
                spacing = paragraph.get_or_add_pPr().get_or_add_spacing()
                spacing.line, spacing.lineRule = Pt(self.setting.leading), WD_LINE_SPACING.AT_LEAST
        if place.cell.head:
            for run in made.iter(qn("w:r")):
                run.get_or_add_rPr().get_or_add_b()
        return made
