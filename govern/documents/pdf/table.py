"""Set a table: rows as high as their cells, split between rows, through them, and through cells that reach over many.

Reportlab's own table cannot end a page within a cell that spans rows, nor in many cells at once; this one always can,
in time that grows with its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from govern.documents import budget
from govern.documents.pdf.fitting import Setting
from govern.documents.pdf.measures import HEIGHT, TURNED_HEIGHT
from govern.documents.pdf.page import HAIRLINE
from govern.documents.pdf.setting import Text
from govern.documents.pdf.tagging import TaggedCanvas

ABOVE, BELOW = 3.0, 2.0
"""The space above and below a cell's text, in points."""

PADDING = ABOVE + BELOW
NEAR = 0.01
"""Heights that differ by less than this, in points, are the same."""


@dataclass(frozen=True, slots=True)
class CellFlow:
    """What stands in a cell that begins at column `x` of its row, over so many columns and rows."""

    x: int
    across: int
    down: int
    flow: tuple[Flowable, ...]


Row = tuple[CellFlow, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What all parts of one table share: widths, setting, indent, the colour of its head's rule, what it is called."""

    widths: tuple[float, ...]
    setting: Setting
    indent: float
    accent: str
    place: str

    @property
    def page_height(self) -> float:
        """Return how high the text of a page is."""
        return float(TURNED_HEIGHT if self.setting.turned else HEIGHT)

    def room(self, cell: CellFlow) -> float:
        """Return how wide the text in a cell may be."""
        gap = self.setting.gap if cell.x + cell.across < len(self.widths) else 0.0
        return sum(self.widths[cell.x : cell.x + cell.across]) - gap


class TableFlow(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A table, or what is left of one after a page's end.

    Its first `heads` rows stand again at the top of each page; a rule in the accent stands beneath row `ruled`.
    """

    def __init__(self, rows: Sequence[Row], look: Look, *, heads: int, ruled: int) -> None:
        super().__init__()
        self.rows, self.look = list(rows), look
        self.heads, self.ruled = heads, ruled
        self.turned = look.setting.turned
        self.spaceBefore, self.spaceAfter = 4.0, 11.0
        self._known: list[float | None] = [None] * len(self.rows)
        self._through: bytearray | None = None

    # --- measuring ---

    @property
    def heights(self) -> list[float]:
        """Return how high each row is: as high as its cells; one that reaches down makes its last row higher."""
        budget.at(self.look.place)
        fresh = [y for y, height in enumerate(self._known) if height is None]
        reaching = []
        for y in fresh:
            budget.spend(1 + len(self.rows[y]))
            self._known[y] = PADDING
            for cell in self.rows[y]:
                needed = PADDING + flow_height(cell.flow, self.look.room(cell))
                if cell.down > 1:
                    reaching.append((y + cell.down, y, needed))
                else:
                    self._known[y] = max(self._known[y] or 0.0, needed)
        for bottom, top, needed in sorted(reaching):
            stands = sum(height or 0.0 for height in self._known[top:bottom])
            self._known[bottom - 1] = (self._known[bottom - 1] or 0.0) + max(0.0, needed - stands)
        return [height or 0.0 for height in self._known]

    @property
    def through(self) -> bytearray:
        """Tell for each boundary above a row (and below the last) whether a cell reaches over it."""
        if self._through is None:
            self._through = bytearray(len(self.rows) + 1)
            for y, row in enumerate(self.rows):
                for cell in row:
                    if cell.down > 1:
                        self._through[y + 1 : y + cell.down] = b"\1" * (cell.down - 1)
        return self._through

    def wrap(self, _available: float, _height: float) -> tuple[float, float]:
        """Return the size."""
        self.width, self.height = sum(self.look.widths), sum(self.heights)
        return self.width, self.height

    # --- splitting ---

    def split(self, _available: float, height: float) -> list[Flowable]:
        """Split where a page ends: between rows; through them only if no page would hold them."""
        return self._split(height, wait=height < self.look.page_height - 1)

    def part(self, height: float) -> list[Flowable]:
        """Split it here, whether or not a page of its own would hold what stands together."""
        return self._split(height, wait=False)

    def _split(self, height: float, *, wait: bool) -> list[Flowable]:
        """Split it; with `wait` nothing is given where what stands together begins better on the next page."""
        heights = self.heights
        budget.spend(len(heights))
        tops = [0.0, *accumulate(heights)]
        if self.heads and tops[self.heads] > 0.5 * min(height, self.look.page_height) and not wait:
            self.heads = 0  # It would leave no room for the rows beneath it.
        fit = max(row for row, top in enumerate(tops) if top <= height + NEAR)
        whole = fit
        while whole and self.through[whole]:
            whole -= 1
        if whole > self.heads:
            return self._halves(whole, whole, tops[whole], tops)
        end = min(self.heads + 1, len(self.rows))
        while end < len(self.rows) and self.through[end]:
            end += 1
        if wait and tops[end] <= self.look.page_height:
            return []
        fit = max(fit, self.heads)
        if fit == self.heads or (
            fit < len(self.rows) and heights[fit] + tops[self.heads] > self.look.page_height - NEAR
        ):
            halves = self._halves(fit, fit + 1, height, tops)
            if halves:
                return halves
        return self._halves(fit, fit, tops[fit], tops) if fit > self.heads else []

    def _halves(self, row: int, end: int, height: float, tops: Sequence[float]) -> list[Flowable]:
        """Cut it `height` points down: before `row`, or through it where `end` is the next; [] if no text would stand.

        The text of a cell that reaches over the cut is parted there.
        """
        above = self.rows[:end]
        parted: list[CellFlow] = []
        touched = last = row
        stands = end == row
        for y in range(self._first_reaching(row), end):
            cells = list(self.rows[y])
            for place, cell in enumerate(cells):
                if y + cell.down <= row:
                    continue
                fits, rest = part_flow(cell.flow, self.look.room(cell), height - tops[y] - PADDING)
                stands = stands or bool(fits)
                cells[place] = replace(cell, down=end - y, flow=fits)
                parted.append(replace(cell, down=max(1, y + cell.down - row), flow=rest))
                last = max(last, y + cell.down)
            above[y] = tuple(cells)
            touched = min(touched, y)
        if not stands:
            return []
        below = self.rows[row:]
        if end > row:
            below[0] = tuple(sorted(parted, key=lambda cell: cell.x))
        elif below:
            below[0] = tuple(sorted([*parted, *below[0]], key=lambda cell: cell.x))
        while last < len(self.rows) and self.through[last]:
            last += 1
        first = TableFlow(above, self.look, heads=self.heads, ruled=self.ruled if end >= self.ruled else 0)
        first.spaceBefore = self.spaceBefore
        if touched == row == end:
            first._known = self._known[:end]
        heads = self.rows[: self.heads]
        rest_ruled = self.heads or max(0, self.ruled - row)
        rest = TableFlow([*heads, *below], self.look, heads=self.heads, ruled=rest_ruled)
        rest.spaceBefore = 0.0
        kept = self._known[row:]
        kept[: last - row] = [None] * (last - row)
        rest._known = [*self._known[: self.heads], *kept]
        rest._through = self.through[: self.heads] + self.through[row:]
        rest._through[self.heads] = 0
        return [first, rest]

    def _first_reaching(self, row: int) -> int:
        """Return the first row with a cell that reaches over the boundary, or `row`."""
        first = row
        while first and self.through[first]:
            first -= 1
        return first

    # --- drawing ---

    def draw(self) -> None:
        """Draw the rules, then the cells from the top."""
        canvas: TaggedCanvas = self.canv
        tops = [0.0, *accumulate(self.heights)]
        lefts = [self.look.indent + x for x in (0.0, *accumulate(self.look.widths))]
        self._rules(canvas, tops, lefts)
        for number, row in enumerate(self.rows):
            for cell in row:
                room, y = self.look.room(cell), self.height - tops[number] - ABOVE
                for place, flowable in enumerate(cell.flow):
                    y -= flowable.getSpaceBefore() if place else 0.0
                    y -= flowable.wrap(room, 0)[1]
                    flowable.drawOn(canvas, lefts[cell.x], y)
                    y -= flowable.getSpaceAfter()

    def _rules(self, canvas: TaggedCanvas, tops: Sequence[float], lefts: Sequence[float]) -> None:
        """Draw a hairline beneath each row, but not through a cell, and one in the accent beneath the head."""
        through: dict[int, set[int]] = {}
        for number, row in enumerate(self.rows):
            for cell in row:
                for boundary in range(number + 1, number + cell.down):
                    through.setdefault(boundary, set()).update(range(cell.x, cell.x + cell.across))
        for boundary in range(1, len(self.rows) + 1):
            is_head = boundary == self.ruled
            canvas.setStrokeColor(HexColor(f"#{self.look.accent}") if is_head else HAIRLINE)
            canvas.setLineWidth(0.8 if is_head else 0.4)
            y = self.height - tops[boundary]
            ends = [*sorted(through.get(boundary, ())), len(self.look.widths)]
            for start, stop in zip([0, *(x + 1 for x in ends)], ends, strict=False):
                if stop > start:
                    canvas.line(lefts[start], y, lefts[stop], y)


def flow_height(flow: Sequence[Flowable], room: float) -> float:
    """Return how high flowables stand one beneath the other, without the space before the first and after the last."""
    if not flow:
        return 0.0
    total: float = sum(f.wrap(room, 0)[1] + f.getSpaceBefore() + f.getSpaceAfter() for f in flow)
    return float(total - flow[0].getSpaceBefore() - flow[-1].getSpaceAfter())


def part_flow(
    flow: Sequence[Flowable], room: float, height: float
) -> tuple[tuple[Flowable, ...], tuple[Flowable, ...]]:
    """Part flowables into what fits `height` and the rest; a single line stands alone rather than nothing at all."""
    used = 0.0
    for place, flowable in enumerate(flow):
        before = flowable.getSpaceBefore() if place else 0.0
        tall = flowable.wrap(room, 0)[1]
        if used + before + tall <= height + NEAR:
            used += before + tall + flowable.getSpaceAfter()
            continue
        halves = flowable.split(room, height - used - before)
        if not halves and not place and isinstance(flowable, Text | TableFlow):
            halves = flowable.part(height)
        if halves:
            return (*flow[:place], halves[0]), (*halves[1:], *flow[place + 1 :])
        return tuple(flow[:place]), tuple(flow[place:])
    return tuple(flow), ()
