"""A table of a DOCX: its grid as wide as in the PDF, heads that repeat, figures to the right, rows that stay whole."""

from __future__ import annotations

from typing import Any, Protocol

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu
from docx.text.paragraph import Paragraph

from govern.documents.blocks import cell_grid, column_widths, figure_columns
from govern.documents.docx_base import STEP
from govern.documents.own_base import Ground
from govern.documents.wordxml import tag
from govern.richtext import Blocks, Cell, Table, text_of

SMALL = 8
"""A table of at most so many rows is never parted by a page's end."""

LONG = 600
"""A row with more letters than this in a cell may run over pages."""

Held = dict[int, tuple[int, int]]
"""By column: for how many more rows a cell reaches down, and over how many columns."""


class Host(Protocol):
    """What a table asks of whoever writes it."""

    body: Any
    ground: Ground

    def blocks(self, parent: Any, blocks: Blocks, depth: int, style: str = ...) -> None:
        """Append rich text."""

    def paragraph(self, style: str, parent: Any = ...) -> Paragraph:
        """Append an empty paragraph."""


class TableWriter:
    """Writes one table."""

    def __init__(self, host: Host, block: Table, depth: int) -> None:
        self.host, self.block, self.depth = host, block, depth
        self.grid = cell_grid(block)
        self.figures = figure_columns(block)
        room = host.ground.width.pt - Emu(STEP * depth).pt
        self.widths = [round(20 * w) for w in column_widths(self.grid, len(self.grid[0]), room)] if self.grid else []

    def write(self, parent: Any) -> None:
        """Append the table, and the paragraph that Word wants after one."""
        if not self.grid:
            return
        table = OxmlElement("w:tbl")
        table.append(self._properties())
        widths = OxmlElement("w:tblGrid")
        widths.extend([tag("w:gridCol", {"w": str(width)}) for width in self.widths])
        table.append(widths)
        if parent is self.host.body:
            parent.sectPr.addprevious(table)
        else:
            parent.append(table)
        held: Held = {}
        for y in range(len(self.grid)):
            table.append(self._row(y, held))
        # Word joins two tables that touch, and wants a paragraph after one that ends a cell.
        self.host.paragraph("Namn", parent)

    def _properties(self) -> Any:
        properties = OxmlElement("w:tblPr")
        first = "1" if self.block.head_rows else "0"
        for name, values in (
            ("w:tblStyle", {"val": "Protokolltabell"}),
            ("w:tblW", {"w": str(sum(self.widths)), "type": "dxa"}),
            ("w:tblInd", {"w": str(round(Emu(STEP * self.depth).twips)), "type": "dxa"}),
            ("w:tblLayout", {"type": "fixed"}),
            ("w:tblLook", {"val": "0020" if self.block.head_rows else "0000", "firstRow": first}),
        ):
            properties.append(tag(name, values))
        return properties

    def _row(self, y: int, held: Held) -> Any:
        cells = self.grid[y]
        line = OxmlElement("w:tr")
        look = OxmlElement("w:trPr")
        head = y < self.block.head_rows
        if head or all(cell is None or len(text_of(cell.blocks)) < LONG for cell in cells):
            look.append(tag("w:cantSplit", {}))
        if head:
            look.append(tag("w:tblHeader", {}))
        if len(look):
            line.append(look)
        x = 0
        while x < len(cells):
            x += self._cell(line, cells[x], x, held)
        if head or (len(self.grid) <= SMALL and y + 1 < len(self.grid)):
            for properties in line.iter(qn("w:pPr")):
                properties.get_or_add_keepNext()
        return line

    def _cell(self, line: Any, cell: Cell | None, x: int, held: Held) -> int:
        """Write the cell at column `x`, or the continuation of one that spans rows; say how many columns it took."""
        left, across = held.get(x, (0, 1)) if cell is None else (0, cell.colspan)
        place = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        properties.append(tag("w:tcW", {"w": str(sum(self.widths[x : x + across])), "type": "dxa"}))
        place.append(properties)
        line.append(place)
        if across > 1:
            properties.append(tag("w:gridSpan", {"val": str(across)}))
        if cell is None:
            held[x] = (left - 1, across)
            properties.append(tag("w:vMerge", {}))
            place.append(OxmlElement("w:p"))
            return across
        if cell.rowspan > 1:
            properties.append(tag("w:vMerge", {"val": "restart"}))
            held[x] = (cell.rowspan - 1, across)
        self.host.blocks(place, cell.blocks, 0, "Tabelltext")
        if len(place) == 1 or place[-1].tag != qn("w:p"):
            place.append(OxmlElement("w:p"))
        for paragraph in place.findall(qn("w:p")) if x in self.figures and across == 1 else ():
            Paragraph(paragraph, None).alignment = WD_ALIGN_PARAGRAPH.RIGHT  # type: ignore[arg-type]
        if cell.head:
            for run in place.iter(qn("w:r")):
                run.get_or_add_rPr().get_or_add_b()
        return across
