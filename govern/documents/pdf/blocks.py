"""Turn rich text into flowables: paragraphs, inner headings, lists and tables, each with its structure element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportlab.platypus import Flowable

from govern.documents import budget, fonts
from govern.documents.content import Body, Element, Points, clean
from govern.documents.pdf.breaking import Span
from govern.documents.pdf.fitting import STEP, Part, Setting, column_widths, plan, room_of, step_in
from govern.documents.pdf.grids import Placed
from govern.documents.pdf.page import GREY
from govern.documents.pdf.setting import Text, TextStyle
from govern.documents.pdf.table import CellFlow, Look, Row, TableFlow
from govern.documents.pdf.tagging import Node
from govern.richtext import Block, Blocks, Head, Item, Lst, Para, Run, Table, label_of, runs_of

BODY = TextStyle(size=10.0, leading=15.0, after=7.0)
SUBHEAD = TextStyle(size=10.0, leading=15.0, before=7.0, after=2.0, keep=True, hyphenate=False)
CELL = TextStyle(size=9.0, leading=12.5, after=2.0)
NOTE_OF_PART = TextStyle(size=8.0, leading=11.0, before=4.0, after=2.0, keep=True, hyphenate=False)

MOST_REPEATED = 600
"""Header rows of at least this many characters are not repeated on every page."""

MOST_STEPS = 10
"""The most levels by which points are indented."""

SHORT = 50
"""A line of fewer characters than this leads into the text after it (Rådet beslutar)."""

NUMBERING = {"bullet": "Disc", "decimal": "Decimal", "lower-alpha": "LowerAlpha", "lower-roman": "LowerRoman"}


class BlockSetter:
    """Turns rich text into flowables. Tracks the last heading level, since PDF/UA allows none to be skipped.

    `place` names the § being laid out, and `tables` counts its tables, for the error that one is too large.
    """

    def __init__(self, accent: str) -> None:
        self.accent = accent
        self.heading_level = 1
        self.place = ""
        self.tables = 0
        self._within = 0

    def heading_role(self, level: int) -> str:
        """Return the role of a heading of this level, at most one below the last."""
        self.heading_level = max(1, min(level, self.heading_level + 1, 6))
        return f"H{self.heading_level}"

    def spans(self, runs: Iterable[Run], node: Node, bold: bool = False) -> Iterator[Span]:
        """Turn runs into spans; a link gets its own structure element."""
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
        """Return the flowables of blocks, as content of `parent`; a table may be `width` points wide."""
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
        for number, item in enumerate(block.items, start_of(block)):
            story += self._item(item, label_of(block.style, number), node, base, width)
        return _ended(story, base)

    def _item(self, item: Item, label: str, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        entry = Node("LI", parent)
        label_node, body = Node("Lbl", entry), Node("LBody", entry)
        first, rest = lead_of(item)
        step = step_in(width)
        style = replace(base, indent=base.indent + step, label_at=base.indent, after=min(base.after, 3.0))
        text = Text(self.spans(first.runs, body), style, body, label=(Span(label),), label_node=label_node)
        return [text, *self.blocks(rest, body, replace(style, label_at=0.0), width - step)]

    def points(self, element: Points, parent: Node, base: TextStyle) -> list[Flowable]:
        """Return the flowables of points with their own labels, as nested lists."""
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
            indent = base.indent + STEP * min(point.level, MOST_STEPS)
            style = replace(base, indent=indent + STEP, label_at=indent, after=3.0)
            label = (Span(clean(point.label)),)
            story.append(Text(self.spans((Run(point.text),), body), style, body, label=label, label_node=label_node))
        return _ended(story, base)

    def _table(self, block: Table, parent: Node, base: TextStyle, width: float) -> list[Flowable]:
        if not self._within:
            self.tables += 1
        budget.at(called(self.place, self.tables))
        budget.spend(sum(map(len, block.rows)))
        planned = plan(block, width, nested=self._within > 0)
        if planned.way == "list":
            return self.blocks(planned.listed, parent, base, width)
        story: list[Flowable] = []
        for part in planned.parts:
            if part.note:
                node = Node("P", parent)
                note = Text([Span(part.note, colour=GREY)], NOTE_OF_PART, node)
                note.landscape = planned.setting.landscape
                story.append(note)
            story.append(self._part(part, planned.setting, parent, base, width))
        return story

    def _part(self, part: Part, setting: Setting, parent: Node, base: TextStyle, width: float) -> Flowable:
        grid, node = part.grid, Node("Table", parent)
        indent = 0.0 if setting.landscape else base.indent
        widths = column_widths(grid, room_of(setting, width), setting)
        look = Look(tuple(widths), setting, indent, self.accent, called(self.place, self.tables))
        style = replace(CELL, size=setting.size, leading=setting.leading)
        rows: list[Row] = []
        for row in grid.by_row():
            line = Node("TR", node)
            rows.append(tuple(self._cell(place, line, part, style, look) for place in row))
        return TableFlow(rows, look, heads=grid.head_rows if _short_heads(part) else 0, ruled=grid.head_rows)

    def _cell(self, place: Placed, parent: Node, part: Part, style: TextStyle, look: Look) -> CellFlow:
        cell, in_head = place.cell, place.y < part.grid.head_rows
        head = cell.head or in_head
        attributes: dict[str, object] = {"Scope": "Column" if in_head else "Row"} if head else {}
        if place.across > 1:
            attributes["ColSpan"] = place.across
        if place.down > 1:
            attributes["RowSpan"] = place.down
        node = Node("TH" if head else "TD", parent, attributes=attributes)
        blocks = tuple(_bolded(block) for block in cell.blocks) if head else cell.blocks
        flow = CellFlow(place.x, place.across, place.down, ())
        right = place.across == 1 and place.x in part.figures
        self._within += 1
        story = self.blocks(blocks, node, replace(style, right=right), look.room(flow))
        self._within -= 1
        return replace(flow, flow=tuple(story))


def _ended(story: list[Flowable], base: TextStyle) -> list[Flowable]:
    """Give the last paragraph of a list the space below that the paragraphs around the list have."""
    if story and isinstance(story[-1], Text):
        story[-1].text_style = replace(story[-1].text_style, after=base.after)
    return story


def called(place: str, tables: int) -> str:
    """Return the current place in a document, in words for the user: the § and the number of its table."""
    return ", ".join(filter(None, (place, f"tabell {tables}" if tables else "")))


MOST_START = 30_000
"""The highest number of a list's first item: Word counts no further than 32 767."""


def start_of(block: Lst) -> int:
    """Return the number of a list's first item."""
    return min(block.start, MOST_START)


def lead_of(item: Item) -> tuple[Para, Blocks]:
    """Split an item into the paragraph beside its label (empty if there is none) and the blocks after it."""
    if item.blocks and isinstance(item.blocks[0], Para):
        return item.blocks[0], item.blocks[1:]
    return Para(()), item.blocks


def leads(element: Element, after: Element) -> bool:
    """Return whether an element leads into the next: a paragraph before a list or table, a short line before text."""
    match element, after:
        case Body((*_, Para())), Body((Lst() | Table(), *_)) | Points():
            return True
        case Body((Para(runs),)), Body((Para(), *_)):
            return len("".join(run.text for run in runs)) < SHORT
        case _:
            return False


def _bolded(block: Block) -> Block:
    if isinstance(block, Para):
        return Para(tuple(replace(run, marks=("bold", *(m for m in run.marks if m != "bold"))) for run in block.runs))
    return block


def _short_heads(part: Part) -> bool:
    """Return whether the header rows are short enough to be repeated on every page, and no cell spans into the body."""
    heads = [place for place in part.grid.places if place.y < part.grid.head_rows]
    letters = sum(len(run.text) for place in heads for run in runs_of(place.cell.blocks))
    return letters < MOST_REPEATED and all(place.bottom <= part.grid.head_rows for place in heads)
