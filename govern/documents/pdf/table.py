"""A table flowable that can be split between rows, within rows, and within cells that span rows.

Reportlab's own table cannot be split within a cell that spans rows, nor within several cells at once; this one always
can, in time that grows with its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from govern.documents import budget
from govern.documents.pdf.fitting import Setting
from govern.documents.pdf.measures import HEIGHT, LANDSCAPE_HEIGHT
from govern.documents.pdf.page import HAIRLINE
from govern.documents.pdf.setting import Text
from govern.documents.pdf.tagging import TaggedCanvas

ABOVE, BELOW = 3.0, 2.0
"""The space above and below a cell's text, in points."""

PADDING = ABOVE + BELOW
NEAR = 0.01
"""Heights that differ by less than this, in points, are equal."""


@dataclass(frozen=True, slots=True)
class CellFlow:
    """The content of a cell at column `x` of its row, spanning `across` columns and `down` rows."""

    x: int
    across: int
    down: int
    flow: tuple[Flowable, ...]


Row = tuple[CellFlow, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What all parts of one table share: column widths, setting, indent, colour of the header rule, name for errors."""

    widths: tuple[float, ...]
    setting: Setting
    indent: float
    accent: str
    place: str

    @property
    def page_height(self) -> float:
        """The height of a page's text area."""
        return float(LANDSCAPE_HEIGHT if self.setting.landscape else HEIGHT)

    def room(self, cell: CellFlow) -> float:
        """Return the width available to the text in a cell."""
        gap = self.setting.gap if cell.x + cell.across < len(self.widths) else 0.0
        return sum(self.widths[cell.x : cell.x + cell.across]) - gap


class TableFlow(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A table, or the rest of one after a page break.

    Its first `heads` rows are repeated on each page; a rule in the accent colour is drawn below the first `ruled` rows.
    """

    def __init__(self, rows: Sequence[Row], look: Look, *, heads: int, ruled: int) -> None:
        super().__init__()
        self.rows, self.look = list(rows), look
        self.heads, self.ruled = heads, ruled
        self.landscape = look.setting.landscape
        self.spaceBefore, self.spaceAfter = 4.0, 11.0
        self._known: list[float | None] = [None] * len(self.rows)
        self._through: bytearray | None = None

    # --- measuring ---

    @property
    def heights(self) -> list[float]:
        """The height of each row: that of its highest cell; the last row of a spanning cell grows by what it lacks."""
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
        """For each boundary above a row (and below the last), whether a cell spans it."""
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
        """Split at the end of a page: between rows, or within them only if no page would hold them."""
        return self._split(height, wait=height < self.look.page_height - 1)

    def part(self, height: float) -> list[Flowable]:
        """Split at `height`, even if a new page would hold the rows that belong together."""
        return self._split(height, wait=False)

    def _split(self, height: float, *, wait: bool) -> list[Flowable]:
        """Split at `height`; with `wait`, return [] if rows that belong together should begin on the next page.

        Nothing fits a negative height, which is left where the space between flowables passes the end of a cell.
        """
        if height < 0:
            return []
        heights = self.heights
        budget.spend(len(heights))
        tops = [0.0, *accumulate(heights)]
        if self.heads and tops[self.heads] > 0.5 * min(height, self.look.page_height) and not wait:
            self.heads = 0  # Repeated header rows would leave no room for others.
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
        """Split `height` points down: before `row`, or within it if `end` is the next; [] if no text fits above.

        The text of a cell that spans the split is split there.
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
        """Return the first of the rows that spanning cells join to `row`, or `row` itself."""
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
        """Draw a hairline below each row, except through a cell, and one in the accent colour below the header rows."""
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
    """Return the height of stacked flowables, without the space before the first and after the last."""
    if not flow:
        return 0.0
    total: float = sum(f.wrap(room, 0)[1] + f.getSpaceBefore() + f.getSpaceAfter() for f in flow)
    return float(total - flow[0].getSpaceBefore() - flow[-1].getSpaceAfter())


def part_flow(
    flow: Sequence[Flowable], room: float, height: float
) -> tuple[tuple[Flowable, ...], tuple[Flowable, ...]]:
    """Split flowables into what fits `height` and the rest; if nothing else does, a single line is split off."""
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
