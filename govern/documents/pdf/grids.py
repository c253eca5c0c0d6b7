"""Place a table's cells on a grid: spans are resolved and clipped; rows and columns where no cell begins are dropped.

These are pure functions, whose work is bounded whatever the spans claim; both writers and the checks use them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from govern.richtext import Cell, Para, Table

NUMBER = re.compile(r"[-−–+±]?\d[\d  .,:]*(?: ?(?:%|‰|kr|tkr|mnkr|st|h))?|[-–—]?")
"""The text of a cell in a numeric column: a number with its unit, a dash, or nothing."""

EMPTY = Cell(())


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at column `x` and row `y` (both from 0), spanning `across` columns and `down` rows."""

    x: int
    y: int
    across: int
    down: int
    cell: Cell

    @property
    def right(self) -> int:
        """The first column to the right of the cell."""
        return self.x + self.across

    @property
    def bottom(self) -> int:
        """The first row below the cell."""
        return self.y + self.down


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose every place is covered by exactly one cell. `places` are ordered by row, then by column."""

    places: tuple[Placed, ...]
    columns: int
    rows: int
    head_rows: int

    def by_row(self) -> list[list[Placed]]:
        """Return the cells that begin in each row."""
        found: list[list[Placed]] = [[] for _ in range(self.rows)]
        for place in self.places:
            found[place.y].append(place)
        return found


MOST_PLACES = 60_000
"""The most places of a grid; a table that needs more is printed as a list."""


def grid_of(table: Table) -> Grid | None:
    """Return the grid of a table; None if it has no cells, or more than `MOST_PLACES` places."""
    placed = _place(table)
    if not placed:
        return None
    # A column (or row) in which no cell begins is dropped: the cells that cover it also cover the one before.
    across = sorted({place.x for place in placed})
    down = sorted({place.y for place in placed})
    if len(across) * len(down) > MOST_PLACES:
        return None
    joined = [_joined(place, across, down) for place in placed]
    places = _filled(joined, len(across), len(down))
    head_rows = bisect_left(down, table.head_rows)
    return Grid(tuple(places), len(across), len(down), head_rows if head_rows < len(down) else 0)


def _place(table: Table) -> list[Placed]:
    """Place each cell to the right of those before it in its row, and of those that span down into the row."""
    height = len(table.rows)
    placed: list[Placed] = []
    above: list[Placed] = []
    for y, row in enumerate(table.rows):
        above = [place for place in above if place.bottom > y]
        here: list[Placed] = []
        x = reached = 0
        for cell in row:
            while reached < len(above) and above[reached].x <= x:
                x = max(x, above[reached].right)
                reached += 1
            room = above[reached].x - x if reached < len(above) else cell.colspan
            across, down = max(1, min(cell.colspan, room)), max(1, min(cell.rowspan, height - y))
            here.append(Placed(x, y, across, down, cell))
            x += across
        placed += here
        above = sorted([*above, *here], key=lambda place: place.x)
    return placed


def _joined(place: Placed, across: Sequence[int], down: Sequence[int]) -> Placed:
    x, right = bisect_left(across, place.x), bisect_left(across, place.right)
    y, bottom = bisect_left(down, place.y), bisect_left(down, place.bottom)
    cell = place.cell
    if (cell.colspan, cell.rowspan) != (right - x, bottom - y):
        cell = replace(cell, colspan=right - x, rowspan=bottom - y)
    return Placed(x, y, right - x, bottom - y, cell)


def _filled(placed: Sequence[Placed], columns: int, rows: int) -> list[Placed]:
    """Add an empty cell at each place that no cell covers."""
    covered = [bytearray(columns) for _ in range(rows)]
    for place in placed:
        for y in range(place.y, place.bottom):
            covered[y][place.x : place.right] = b"\1" * place.across
    gaps = [Placed(x, y, 1, 1, EMPTY) for y, row in enumerate(covered) for x in range(columns) if not row[x]]
    return sorted([*placed, *gaps], key=lambda place: (place.y, place.x))


def figure_columns(grid: Grid) -> frozenset[int]:
    """Return the columns (from 0) with nothing but numbers below the header rows, which are right-aligned."""
    numeric: set[int] = set()
    other: set[int] = set()
    for place in grid.places:
        if place.y < grid.head_rows or place.across > 1:
            continue
        if not _is_figure(place.cell):
            other.add(place.x)
        elif "".join(texts_of(place.cell)):
            numeric.add(place.x)
    return frozenset(numeric - other)


def _is_figure(cell: Cell) -> bool:
    return all(isinstance(block, Para) for block in cell.blocks) and all(
        NUMBER.fullmatch(text.strip()) for text in texts_of(cell)
    )


def texts_of(cell: Cell) -> list[str]:
    """Return the text of each paragraph of a cell."""
    return ["".join(run.text for run in block.runs) for block in cell.blocks if isinstance(block, Para)]


def sliced(grid: Grid, columns: Sequence[int]) -> Grid:
    """Return a grid of some columns, in order; a cell that spans others too is narrowed to these.

    If it begins in none of them, it is repeated here if it is short or a header, and empty otherwise.
    """
    where = {column: index for index, column in enumerate(columns)}
    places = []
    for place in grid.places:
        kept = [where[x] for x in range(place.x, place.right) if x in where]
        for first, last in _stretches(kept):
            across = last - first + 1
            goes_on = place.across > 1 and place.x != columns[first] and place.y >= grid.head_rows
            cell = Cell((), place.cell.head) if goes_on and _is_long(place.cell) else place.cell
            places.append(
                replace(place, x=first, across=across, cell=replace(cell, colspan=across, rowspan=place.down))
            )
    return Grid(tuple(sorted(places, key=lambda place: (place.y, place.x))), len(columns), grid.rows, grid.head_rows)


REPEATED = 200
"""The most characters of a cell that is repeated in the next part of its table."""


def _is_long(cell: Cell) -> bool:
    return any(not isinstance(block, Para) for block in cell.blocks) or sum(map(len, texts_of(cell))) > REPEATED


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Split numbers into runs without gaps, as (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
