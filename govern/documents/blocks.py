"""Rich text to flowables: paragraphs, inner headings, lists and tables, each with its structure element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable
from reportlab.platypus import Table as Grid

from govern.documents import fonts
from govern.documents.breaking import Span
from govern.documents.content import Body, Element, Points, clean
from govern.documents.page import HAIRLINE, HEIGHT
from govern.documents.setting import Text, TextStyle
from govern.documents.tagging import Node
from govern.richtext import Block, Blocks, Cell, Head, Item, Lst, Para, Run, Table, label_of

STEP = 17.0
"""How far a list is indented, in points."""

BODY = TextStyle(size=10.0, leading=15.0, after=7.0)
SUBHEAD = TextStyle(size=10.0, leading=15.0, before=7.0, after=2.0, keep=True, hyphenate=False)
CELL = TextStyle(size=9.0, leading=12.5, after=2.0)
GAP = 14.0
"""The space between two columns of a table, in points."""

SHORT = 50
"""Fewer letters than this make a line that leads into the text after it (Rådet beslutar)."""

NUMBER = re.compile(r"[-−–+±]?\d[\d  .,:]*(?: ?(?:%|‰|kr|tkr|mnkr|st|h))?|[-–—]?")
"""What stands in a column of figures: a number with its unit, or a dash for none."""

NUMBERING = {"bullet": "Disc", "decimal": "Decimal", "lower-alpha": "LowerAlpha", "lower-roman": "LowerRoman"}


class BlockSetter:
    """Sets rich text into flowables. Keeps the last heading level, since PDF/UA lets no level be skipped."""

    def __init__(self, accent: str) -> None:
        self.accent = accent
        self.heading_level = 1

    def heading_role(self, level: int) -> str:
        """Name the role of a heading of this level, never more than one below the last."""
        self.heading_level = max(1, min(level, self.heading_level + 1, 6))
        return f"H{self.heading_level}"

    def spans(self, runs: Iterable[Run], node: Node, bold: bool = False) -> Iterator[Span]:
        """Turn runs into spans; a link becomes a structure element of its own."""
        for run in runs:
            face = fonts.face_of(bold or "bold" in run.marks, "italic" in run.marks)
            raised = 0.33 if "sup" in run.marks else -0.15 if "sub" in run.marks else 0.0
            text = clean(run.text)
            if not text:
                continue
            yield Span(
                text,
                face,
                scale=0.7 if raised else 1.0,
                rise=raised,
                underline="underline" in run.marks or bool(run.link),
                strike="strike" in run.marks,
                node=Node("Link", node) if run.link else None,
                href=run.link or "",
            )

    def blocks(self, blocks: Blocks, parent: Node, base: TextStyle = BODY, width: float = 0.0) -> list[Flowable]:
        """Set blocks as content of `parent`; `width` is what a table may fill."""
        story: list[Flowable] = []
        for block in blocks:
            story += self._block(block, parent, base, width)
        return story

    def _block(self, block: Block, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        match block:
            case Para(runs):
                node = Node("P", parent)
                return [Text(self.spans(runs, node), base, node)]
            case Head(level, runs):
                node = Node(self.heading_role(3 + level), parent)
                style = replace(SUBHEAD, indent=base.indent, size=base.size, leading=base.leading)
                return [Text(self.spans(runs, node, bold=True), style, node)]
            case Lst():
                return self._list(block, parent, base, width)
            case Table():
                return self._table(block, parent, base, width)

    def _list(self, block: Lst, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        node = Node("L", parent, attributes={"ListNumbering": NUMBERING[block.style]})
        story: list[Flowable] = []
        for number, item in enumerate(block.items, block.start):
            story += self._item(item, label_of(block.style, number), node, base, width)
        return _ended(story, base)

    def _item(self, item: Item, label: str, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        entry = Node("LI", parent)
        label_node, body = Node("Lbl", entry), Node("LBody", entry)
        first, rest = lead_of(item)
        style = replace(base, indent=base.indent + STEP, label_at=base.indent, after=min(base.after, 3.0))
        text = Text(self.spans(first.runs, body), style, body, label=(Span(label),), label_node=label_node)
        return [text, *self.blocks(rest, body, replace(style, label_at=0.0), width - STEP)]

    def points(self, element: Points, parent: Node, base: TextStyle) -> list[Flowable]:
        """Set points with labels of their own as nested lists."""
        story: list[Flowable] = []
        lists: list[Node] = [Node("L", parent, attributes={"ListNumbering": "None"})]
        body = parent
        for point in element.points:
            while point.level < len(lists) - 1:
                lists.pop()
            if point.level > len(lists) - 1:
                lists.append(Node("L", body, attributes={"ListNumbering": "None"}))
            entry = Node("LI", lists[-1])
            label_node, body = Node("Lbl", entry), Node("LBody", entry)
            indent = base.indent + STEP * point.level
            style = replace(base, indent=indent + STEP, label_at=indent, after=3.0)
            label = (Span(clean(point.label)),)
            story.append(Text(self.spans((Run(point.text),), body), style, body, label=label, label_node=label_node))
        return _ended(story, base)

    def _table(self, block: Table, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        if not any(block.rows):
            return []
        node = Node("Table", parent)
        grid, spans = _place(block)
        columns = len(grid[0])
        widths = column_widths(grid, columns, width)
        figures = figure_columns(block)
        data: list[list[list[Flowable]]] = []
        for y, row in enumerate(grid):
            line = Node("TR", node)
            data.append([[] for _ in range(columns)])
            for x, cell in enumerate(row):
                if cell is not None:
                    across = sum(widths[x : x + max(1, cell.colspan)]) - GAP
                    data[y][x] = self._cell(cell, line, y < block.head_rows, across, cell.colspan <= 1 and x in figures)
        lines = [("LINEBELOW", (0, y), (-1, y), 0.4, HAIRLINE) for y in range(len(grid))]
        heads = max(0, min(block.head_rows, len(grid) - 1))
        if heads:
            lines.append(("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.8, HexColor(f"#{self.accent}")))
        table = grid_at(base.indent)(
            data,
            colWidths=widths,
            repeatRows=heads if _short_heads(block, heads) else 0,
            splitInRow=1,
            hAlign="LEFT",
            spaceBefore=4,
            spaceAfter=11,
            style=[
                *lines,
                *(("SPAN", *span) for span in spans),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ],
        )
        return [table]

    def _cell(self, cell: Cell, parent: Node, in_head: bool, width: float, right: bool) -> list[Flowable]:
        head = cell.head or in_head
        attributes: dict[str, object] = {"Scope": "Column" if in_head else "Row"} if head else {}
        if cell.colspan > 1:
            attributes["ColSpan"] = cell.colspan
        if cell.rowspan > 1:
            attributes["RowSpan"] = cell.rowspan
        node = Node("TH" if head else "TD", parent, attributes=attributes)
        blocks = tuple(_bolded(block) for block in cell.blocks) if head else cell.blocks
        return self.blocks(blocks, node, replace(CELL, right=right), width)


def _ended(story: list[Flowable], base: TextStyle) -> list[Flowable]:
    """Give the last line of a list the space below that the paragraphs around it have."""
    if story and isinstance(story[-1], Text):
        story[-1].text_style = replace(story[-1].text_style, after=base.after)
    return story


def lead_of(item: Item) -> tuple[Para, Blocks]:
    """Part an item into the paragraph that stands beside its label (empty when there is none) and what follows."""
    if item.blocks and isinstance(item.blocks[0], Para):
        return item.blocks[0], item.blocks[1:]
    return Para(()), item.blocks


def leads(element: Element, after: Element) -> bool:
    """Tell whether an element ends with what leads into the next: a paragraph before a list, a line before a text."""
    match element, after:
        case Body((*_, Para())), Body((Lst() | Table(), *_)) | Points():
            return True
        case Body((Para(runs),)), Body((Para(), *_)):
            return len("".join(run.text for run in runs)) < SHORT
        case _:
            return False


def cell_grid(block: Table) -> list[list[Cell | None]]:
    """Put the cells of a table on a full grid; places taken by a span are None, gaps become empty cells."""
    return _place(block)[0] if any(block.rows) else []


def figure_columns(block: Table) -> frozenset[int]:
    """Give the columns (from 0) that hold figures under their head and so are set to the right."""
    grid = cell_grid(block)
    body = grid[block.head_rows :] or grid
    return frozenset(
        x
        for x in range(len(grid[0]) if grid else 0)
        if any(row[x] is not None for row in body)
        and all((cell := row[x]) is None or cell.colspan > 1 or _is_figure(cell) for row in body)
        and any((cell := row[x]) is not None and cell.colspan == 1 and "".join(_texts(cell)) for row in body)
    )


def _is_figure(cell: Cell) -> bool:
    return all(isinstance(block, Para) for block in cell.blocks) and all(
        NUMBER.fullmatch(text.strip()) for text in _texts(cell)
    )


def _texts(cell: Cell) -> list[str]:
    """Give the text of each paragraph of a cell."""
    return ["".join(run.text for run in block.runs) for block in cell.blocks if isinstance(block, Para)]


@cache
def grid_at(indent: float) -> type[Grid]:
    """Give the kind of table that stands so far in, in points; its parts on further pages are of the same kind."""

    class Indented(Grid):  # type: ignore[misc]  # reportlab is untyped
        def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: N802, N803 — reportlab's
            super().drawOn(canvas, x + indent, y, 0)

        def split(self, width: float, height: float) -> list[Flowable]:
            """Split between rows; within one only if it is higher than a page, or its head would stand twice on one."""
            self.splitInRow = 0
            parts: list[Flowable] = super().split(width, height)
            self.splitInRow = 1
            if not parts and sum(self._rowHeights[: self.repeatRows + 1]) > HEIGHT:
                return list(super().split(width, height))
            for part in parts:
                part.splitInRow = 1
            return parts

    return Indented


def _bolded(block: Block) -> Block:
    if isinstance(block, Para):
        return Para(tuple(replace(run, marks=("bold", *(m for m in run.marks if m != "bold"))) for run in block.runs))
    return block


def _place(block: Table) -> tuple[list[list[Cell | None]], list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Put the cells on a grid; places taken by a span from the left or above are None, gaps become empty cells."""
    taken: set[tuple[int, int]] = set()
    places: dict[tuple[int, int], Cell] = {}
    spans = []
    height = len(block.rows)
    for y, row in enumerate(block.rows):
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            across, down = max(1, cell.colspan), max(1, min(cell.rowspan, height - y))
            while across > 1 and any((x + dx, y) in taken for dx in range(across)):
                across -= 1
            places[x, y] = replace(cell, colspan=across, rowspan=down)
            taken |= {(x + dx, y + dy) for dx in range(across) for dy in range(down)}
            if across > 1 or down > 1:
                spans.append(((x, y), (x + across - 1, y + down - 1)))
            x += across
    columns = max(x for x, _ in taken) + 1
    empty = Cell(())
    return (
        [[places.get((x, y), None if (x, y) in taken else empty) for x in range(columns)] for y in range(height)],
        spans,
    )


def column_widths(grid: list[list[Cell | None]], columns: int, room: float) -> list[float]:
    """Give each column the width its text would like; where that is too much, the widest ones share what is left."""
    wishes = [GAP + 12.0] * columns
    for row in grid:
        for x, cell in enumerate(row):
            if cell is not None and cell.colspan == 1:
                wishes[x] = max(wishes[x], GAP + 2 + _wish(cell.blocks))
    for row in grid:
        for x, cell in enumerate(row):
            if cell is not None and cell.colspan > 1:
                under = wishes[x : x + cell.colspan]
                wishes[x] += max(0.0, GAP + 2 + _wish(cell.blocks) - sum(under))
    widths = [0.0] * columns
    left, waiting = room, sorted(range(columns), key=lambda x: wishes[x])
    while waiting:
        x = waiting.pop(0)
        widths[x] = min(wishes[x], left / (len(waiting) + 1))
        left -= widths[x]
    return widths


def _wish(blocks: Blocks) -> float:
    wish = 0.0
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                lines = "".join(clean(run.text) for run in runs).split("\n")
                wish = max(wish, *(fonts.width(line, fonts.BOLD) * CELL.size for line in lines))
            case Lst(_, items):
                wish = max(wish, *(STEP + _wish(item.blocks) for item in items), 0.0)
            case Table(rows):
                wish = max(wish, *(sum(GAP + _wish(cell.blocks) for cell in row) for row in rows), 0.0)
    return wish


def _short_heads(block: Table, heads: int) -> bool:
    """Tell whether the head rows are short enough to stand again on every page."""
    return sum(len(run.text) for row in block.rows[:heads] for cell in row for run in _runs(cell.blocks)) < 600


def _runs(blocks: Blocks) -> Iterator[Run]:
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                yield from runs
            case Lst(_, items):
                for item in items:
                    yield from _runs(item.blocks)
            case Table(rows):
                for row in rows:
                    for cell in row:
                        yield from _runs(cell.blocks)
