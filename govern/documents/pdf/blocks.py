"""Rich text to flowables: paragraphs, inner headings, lists and tables, each with its structure element."""

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
"""A table's head of more letters than this does not stand again on every page."""

MOST_STEPS = 10
"""Points are indented at most so many steps."""

SHORT = 50
"""Fewer letters than this make a line that leads into the text after it (Rådet beslutar)."""

NUMBERING = {"bullet": "Disc", "decimal": "Decimal", "lower-alpha": "LowerAlpha", "lower-roman": "LowerRoman"}


class BlockSetter:
    """Sets rich text into flowables. Keeps the last heading level, since PDF/UA lets no level be skipped.

    `place` says which § is being set, and `tables` counts its tables, for whoever is told that one is too much.
    """

    def __init__(self, accent: str) -> None:
        self.accent = accent
        self.heading_level = 1
        self.place = ""
        self.tables = 0
        self._within = 0

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
                note.turned = planned.setting.turned
                story.append(note)
            story.append(self._part(part, planned.setting, parent, base, width))
        return story

    def _part(self, part: Part, setting: Setting, parent: Node, base: TextStyle, width: float) -> Flowable:
        grid, node = part.grid, Node("Table", parent)
        indent = 0.0 if setting.turned else base.indent
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
    """Return the last line of a list the space below that the paragraphs around it have."""
    if story and isinstance(story[-1], Text):
        story[-1].text_style = replace(story[-1].text_style, after=base.after)
    return story


def called(place: str, tables: int) -> str:
    """Return where in a document the work is, as a user would look for it: the § and which of its tables."""
    return ", ".join(filter(None, (place, f"tabell {tables}" if tables else "")))


MOST_START = 30_000
"""A list begins at no higher number: Word counts no further than 32 767."""


def start_of(block: Lst) -> int:
    """Return the number of a list's first item."""
    return min(block.start, MOST_START)


def lead_of(item: Item) -> tuple[Para, Blocks]:
    """Part an item into the paragraph that stands beside its label (empty when there is none) and what follows."""
    if item.blocks and isinstance(item.blocks[0], Para):
        return item.blocks[0], item.blocks[1:]
    return Para(()), item.blocks


def leads(element: Element, after: Element) -> bool:
    """Return whether an element ends with what leads into the next: a paragraph before a list, a line before a text."""
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
    """Return whether the head rows are short enough to stand again on every page, and end where the body begins."""
    heads = [place for place in part.grid.places if place.y < part.grid.head_rows]
    letters = sum(len(run.text) for place in heads for run in runs_of(place.cell.blocks))
    return letters < MOST_REPEATED and all(place.bottom <= part.grid.head_rows for place in heads)
