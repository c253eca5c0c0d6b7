"""Decide how a table is printed: in normal or smaller type, on a landscape page, in parts, or as a list.

The decision is a pure function of the table's structure and the page's measures. Both writers follow it, so that their
files have the same text, and the checks use it before anything is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from govern.documents import fonts
from govern.documents.content import clean
from govern.documents.pdf.grids import Grid, Placed, figure_columns, grid_of, sliced, texts_of
from govern.documents.pdf.measures import LANDSCAPE_WIDTH
from govern.richtext import Block, Blocks, Cell, Head, Item, Lst, Para, Run, Table

STEP = 17.0
"""The indent of a list, in points."""

SHORT_STEP = 9.0
"""The indent of a list where there is little room, in points."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The type of a table and the gap between its columns, in points, and whether its page is landscape."""

    size: float
    leading: float
    gap: float
    landscape: bool


UPRIGHT = Setting(9.0, 12.5, 14.0, landscape=False)
SMALL = Setting(8.0, 11.0, 8.0, landscape=False)
LANDSCAPE = Setting(9.0, 12.5, 14.0, landscape=True)
LANDSCAPE_SMALL = Setting(8.0, 11.0, 8.0, landscape=True)

LEAST = 40 / 9
"""The most a text column requires for its longest word, in ems: some nine letters, so that few words are broken."""

FIGURES = 90 / 9
"""The most that a numeric column requires for its longest number, in ems."""

EASY = 72 / 9
"""The most that a text column requires for its longest word where the table is split into parts anyway, in ems."""

MOST_PARTS = 6
"""The most parts of a table; one that needs more is printed as a list."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table that fits the page: its grid, its numeric columns, and the note printed above it, if any."""

    grid: Grid
    figures: frozenset[int]
    note: str = ""


Way = Literal["whole", "small", "landscape", "parts", "list", "nothing"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one table is printed: as `parts`, each a table, or else as the blocks of `listed`."""

    way: Way
    setting: Setting = UPRIGHT
    parts: tuple[Part, ...] = ()
    listed: Blocks = ()


def plan(table: Table, room: float, *, nested: bool = False) -> Plan:
    """Plan a table in `room` points; one `nested` in a cell gets neither a landscape page nor parts."""
    if not any(table.rows):
        return Plan("nothing")
    grid = grid_of(table)
    if grid is None:
        return Plan("list", listed=_listed_unplaced(table))
    figures = figure_columns(grid)
    ways: tuple[tuple[Way, Setting, float], ...] = (("whole", UPRIGHT, room), ("small", SMALL, room))
    if not nested:
        ways += (("landscape", LANDSCAPE, LANDSCAPE_WIDTH), ("landscape", LANDSCAPE_SMALL, LANDSCAPE_WIDTH))
    for way, setting, width in ways:
        if _fits(grid, figures, setting, width):
            return Plan(way, setting, (Part(grid, figures),))
    for share in () if nested else FULL:
        groups = _groups(grid, figures, share)
        if len(groups) > MOST_PARTS:
            break
        parts = tuple(_parts(grid, figures, groups))
        if all(_fits(part.grid, part.figures, LANDSCAPE_SMALL, LANDSCAPE_WIDTH) for part in parts):
            return Plan("parts", LANDSCAPE_SMALL, parts)
    return Plan("list", listed=_listed(grid))


FULL = (1.0, 0.95, 0.9, 0.8)
"""The share of the page that parts fill, tried until each fits: a narrowed header may need more than its columns."""


def _fits(grid: Grid, figures: frozenset[int], setting: Setting, width: float) -> bool:
    return setting.size * sum(_least(grid, figures)) + setting.gap * (grid.columns - 1) <= width


def step_in(room: float) -> float:
    """Return the indent of a list in `room` points: less, or none, where the words need the room."""
    if room - STEP >= LEAST * UPRIGHT.size:
        return STEP
    return SHORT_STEP if room - SHORT_STEP >= SHORT_STEP * 3 else 0.0


def room_of(setting: Setting, room: float) -> float:
    """Return the width available to a table with this setting, in text `room` points wide."""
    return LANDSCAPE_WIDTH if setting.landscape else room


# --- widths ----------------------------------------------------------------------------------------------


def column_widths(grid: Grid, room: float, setting: Setting = UPRIGHT) -> list[float]:
    """Return the width of each column: of its unbroken text, or if that is too wide, an equal share of what is left.

    No column gets less than its least width, as long as there is room for all of these.
    """
    gap = setting.gap
    wishes = [gap + 12.0] * grid.columns
    for place in grid.places:
        if place.across == 1:
            wishes[place.x] = max(wishes[place.x], gap + 2 + _wish(place.cell.blocks, setting))
    for place in grid.places:
        if place.across > 1:
            under = wishes[place.x : place.right]
            wishes[place.x] += max(0.0, gap + 2 + _wish(place.cell.blocks, setting) - sum(under))
    widths = _shared(wishes, range(grid.columns), room)
    least = list(map(min, wishes, _least_widths(grid, setting, figure_columns(grid))))
    least[-1] -= gap  # The last column has no gap after it.
    scale = min(1.0, room / sum(least))
    least = [width * scale for width in least]
    held: set[int] = set()
    while short := {x for x in range(grid.columns) if x not in held and widths[x] < least[x] - 0.01}:
        held |= short
        free = [x for x in range(grid.columns) if x not in held]
        widths = _shared(wishes, free, room - sum(least[x] for x in held))
        widths = [least[x] if x in held else width for x, width in enumerate(widths)]
    return widths


def _shared(wishes: Sequence[float], columns: Sequence[int], room: float) -> list[float]:
    """Return the wished width of each of these columns, or an equal share of what is left where that is less."""
    widths = [0.0] * len(wishes)
    left = room
    for number, x in enumerate(sorted(columns, key=lambda x: wishes[x])):
        widths[x] = min(wishes[x], left / (len(columns) - number))
        left -= widths[x]
    return widths


INDENT, BETWEEN = STEP / SMALL.size, SMALL.gap / SMALL.size
"""The indent of a list and the gap between columns, in ems of the small type."""

MEASURED = 400
"""The most characters measured of a line or word: more than any line holds."""


def _wish(blocks: Blocks, setting: Setting) -> float:
    """Return the width of a cell's blocks if no line were broken, in points."""
    wish = 0.0
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                for line in "".join(clean(run.text) for run in runs).split("\n"):
                    wish = max(wish, fonts.width(line[:MEASURED], fonts.BOLD) * setting.size)
            case Lst(_, items):
                wish = max(wish, *(STEP + _wish(item.blocks, setting) for item in items), 0.0)
            case Table(rows):
                wish = max(wish, *(sum(setting.gap + _wish(c.blocks, setting) for c in row) for row in rows), 0.0)
    return wish


def _least_widths(grid: Grid, setting: Setting, figures: frozenset[int], text: float = LEAST) -> list[float]:
    """Return the least width of each column, with the gap after it, in points."""
    return [setting.gap + setting.size * ems for ems in _least(grid, figures, text)]


def _least(grid: Grid, figures: frozenset[int], text: float = LEAST) -> list[float]:
    """Return the least width of each column, in ems."""
    found = [1.0] * grid.columns
    for place in grid.places:
        if place.across == 1 and place.cell.blocks:
            of_figures = place.x in figures and place.y >= grid.head_rows
            most = FIGURES if of_figures else text
            if found[place.x] < most or not all_paras(place.cell):
                found[place.x] = max(found[place.x], _widest(place.cell.blocks, most, whole=of_figures))
    return found


def _widest(blocks: Blocks, most: float, *, whole: bool) -> float:
    """Return the width of the widest word (or line, with `whole`), at most `most` ems; a list includes its indent."""
    widest = 0.0
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                text = "".join(clean(run.text) for run in runs)
                for word in text.split("\n") if whole else text.split():
                    if widest >= most:
                        break
                    widest = max(widest, min(most, fonts.width(word[:MEASURED], fonts.BOLD)))
            case Lst(_, items):
                inner = max((_widest(item.blocks, most, whole=False) for item in items), default=0.0)
                widest = max(widest, min(inner + INDENT, most + 2 * INDENT))
            case Table(rows):
                across = (sum(_widest(cell.blocks, most, whole=False) + BETWEEN for cell in row) for row in rows)
                widest = max(widest, min(max(across, default=0.0), 3 * most))
    return widest


# --- parts -----------------------------------------------------------------------------------------------


def _groups(grid: Grid, figures: frozenset[int], share: float) -> list[list[int]]:
    """Split the columns into groups that fit a landscape page, each led by the first column if it names the rows."""
    widths = [min(w, LANDSCAPE_WIDTH / 3) for w in _least_widths(grid, LANDSCAPE_SMALL, figures, EASY)]
    names = all(place.across == 1 for place in grid.places if place.x == 0 and place.y >= grid.head_rows)
    lead, room = ([0], share * LANDSCAPE_WIDTH - widths[0]) if names else ([], share * LANDSCAPE_WIDTH)
    rest = range(len(lead), grid.columns)
    groups = _packed(rest, widths, room)
    for part in range(10, 20):  # As even as possible in as few groups.
        even = _packed(rest, widths, room * part / 20)
        if len(even) == len(groups):
            groups = even
            break
    return [[*lead, *group] for group in groups]


def _packed(columns: Sequence[int], widths: Sequence[float], room: float) -> list[list[int]]:
    """Split columns, in order, into groups of one or more columns that are no wider than `room`."""
    groups: list[list[int]] = [[]]
    used = 0.0
    for x in columns:
        if groups[-1] and used + widths[x] > room:
            groups.append([])
            used = 0.0
        groups[-1].append(x)
        used += widths[x]
    return groups


def _parts(grid: Grid, figures: frozenset[int], groups: Sequence[Sequence[int]]) -> Iterator[Part]:
    for group in groups:
        own = group[1:] if group[0] == 0 and len(groups) > 1 and group is not groups[0] else group
        first, last = own[0] + 1, own[-1] + 1
        span = f"kolumn {first}" if first == last else f"kolumn {first}–{last}"
        kept = frozenset(index for index, x in enumerate(group) if x in figures)
        yield Part(sliced(grid, group), kept, f"Tabellen i delar: {span} av {grid.columns}")


# --- lists -----------------------------------------------------------------------------------------------

HEADING = 60
"""The most characters of a column's heading where it is repeated before each value."""


def _listed(grid: Grid) -> Blocks:
    """Return a table as blocks: for each row, a line that names it and a list of column headings and values."""
    heads: list[list[str]] = [[] for _ in range(grid.columns)]
    by_row = grid.by_row()
    for row in by_row[: grid.head_rows]:
        for place in row:
            for x in range(place.x, place.right):
                heads[x] += [word for word in (_line(place.cell),) if word and word not in heads[x]]
    names = [_cut(" ".join(words)) or f"Kolumn {x}" for x, words in enumerate(heads, 1)]
    body = [place for row in by_row[grid.head_rows :] for place in row if place.cell.blocks]
    named = {place.x for place in body} | {place.right - 1 for place in body if place.x}
    blocks: list[Block] = list(_unrepeated(by_row[: grid.head_rows], names, named))
    for number, row in enumerate(by_row[grid.head_rows :], 1):
        blocks += _row(row, names, f"Rad {number}")
    return tuple(blocks)


def _unrepeated(rows: Sequence[Sequence[Placed]], names: Sequence[str], named: Set[int]) -> Iterator[Block]:
    """Yield in full the headings that are too long or too rich to be repeated before each value, or have no value."""
    for row in rows:
        for place in row:
            line = _line(place.cell)
            rich = any(not isinstance(block, Para) for block in place.cell.blocks)
            if rich or (line and (line != names[place.x] or place.x not in named)):
                yield from place.cell.blocks


def _row(row: Sequence[Placed], names: Sequence[str], number: str) -> Iterator[Block]:
    filled = [place for place in row if place.cell.blocks]
    title = number
    if filled and filled[0].x == 0 and (line := _line(filled[0].cell)) and len(line) <= HEADING:
        title, filled = f"{names[0]}: {line}", filled[1:]
    yield Para((Run(title, ("bold",)),))
    if filled:
        items = [_item(names[p.x] if p.across == 1 else f"{names[p.x]} – {names[p.right - 1]}", p.cell) for p in filled]
        yield Lst("bullet", tuple(items))


def _item(name: str, cell: Cell) -> Item:
    label = Run(f"{name}: ", ("bold",))
    match cell.blocks:
        case (Para(runs), *rest):
            return Item((Para((label, *runs)), *rest))
        case blocks:
            return Item((Para((replace(label, text=f"{name}:"),)), *blocks))


def _line(cell: Cell) -> str:
    """Return the text of a cell on one line; empty if it holds anything but paragraphs."""
    return re.sub(r"\s+", " ", " ".join(texts_of(cell))).strip() if all_paras(cell) else ""


def all_paras(cell: Cell) -> bool:
    """Return whether a cell holds nothing but paragraphs."""
    return all(isinstance(block, Para) for block in cell.blocks)


def _cut(text: str) -> str:
    return text if len(text) <= HEADING else f"{text[: HEADING - 1].rstrip()}…"


def _listed_unplaced(table: Table) -> Blocks:
    """Return a table without a grid as blocks: its cells, row by row."""
    blocks: list[Block] = []
    for number, row in enumerate(table.rows, 1):
        filled = [cell for cell in row if cell.blocks]
        if filled:
            items = tuple(_item(f"Cell {place}", cell) for place, cell in enumerate(filled, 1))
            blocks += [Para((Run(f"Rad {number}", ("bold",)),)), Lst("bullet", items)]
    return tuple(blocks)
