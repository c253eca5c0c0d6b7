"""Remarks to the author on how a text will be printed, shown when it is saved and among the checks before sealing.

They follow from the text's structure alone, by the rule that the writers use (`pdf/fitting.py`); nothing is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from govern.documents.pdf.fitting import STEP, Plan, plan
from govern.documents.pdf.grids import grid_of
from govern.documents.pdf.measures import TEXT
from govern.richtext import PICTURE_LEFT_OUT, Block, Blocks, Cell, Head, Lst, Para, Table, text_of
from govern.swedish import counted

LINE, CELL = 60, 40
"""What a line and a table cell add to the weight, as a number of characters that take as long to lay out."""

MOST = 2_000_000
"""The largest weight of the texts of one § or one paper."""

MOST_IN_ALL = 6_000_000
"""The largest weight of a protocol."""

TOO_MUCH = (
    "Texten är längre än vad som kan sättas på sidor, omkring 600 sidor löptext eller 40 000 rutor i tabeller. "
    "Dela upp den, eller lägg det långa som bilaga."
)
TOO_MUCH_IN_ALL = (
    "Protokollet är längre än vad som kan sättas i ett dokument, omkring 2 000 sidor. Lägg det långa som bilagor."
)

PICTURE_SENTENCE = (
    "Bilder följer inte med när text klistras in. Lägg bilden som bilaga, och ta bort orden inom hakparentes i texten."
)


def weight(blocks: Iterable[Block]) -> int:
    """Return the weight of a text: roughly the work of laying it out, counted in characters."""
    total = 0
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                total += LINE + sum(len(run.text) + run.text.count("\n") * LINE for run in runs)
            case Lst(_, items):
                total += sum(weight(item.blocks) for item in items)
            case Table(rows):
                total += sum(_cell(cell) for row in rows for cell in row) + LINE * len(rows)
    return total


def _cell(cell: Cell) -> int:
    """Return the weight of a cell; one that holds a single paragraph, the most common kind, weighs less."""
    match cell.blocks:
        case (Para(runs),):
            return CELL + sum(len(run.text) for run in runs)
        case blocks:
            return CELL + weight(blocks)


def too_much(weighed: int) -> bool:
    """Return whether this weight is more than one § or one paper may have."""
    return weighed > MOST


def remarks(texts: Iterable[Blocks]) -> list[str]:
    """Return remarks, in Swedish, on where the texts of one § or paper are not printed as they were written."""
    held = list(texts)
    if too_much(sum(map(weight, held))):
        return [TOO_MUCH]
    sentences = (_sentence(number, table, way) for number, (table, way) in _numbered(held))
    return [*pictures_left_out(held), *filter(None, sentences)]


def pictures_left_out(texts: Iterable[Blocks]) -> list[str]:
    """Return a remark, in Swedish, if the text says that a picture did not come with what was pasted into it."""
    found = any(PICTURE_LEFT_OUT in text_of(blocks) for blocks in texts)
    return [PICTURE_SENTENCE] if found else []


def listed(texts: Iterable[Blocks]) -> list[str]:
    """Return a remark, in Swedish, for each table printed as a list because it does not fit a page even in parts."""
    return [_sentence(number, table, way) for number, (table, way) in _numbered(texts) if way.way == "list"]


def _numbered(texts: Iterable[Blocks]) -> Iterator[tuple[int, tuple[Table, Plan]]]:
    yield from enumerate((found for blocks in texts for found in _planned(blocks, TEXT)), 1)


def _planned(blocks: Blocks, room: float) -> Iterator[tuple[Table, Plan]]:
    """Yield each table that is not inside another table, with the plan for it; `room` is the width in points."""
    for block in blocks:
        match block:
            case Table() if any(block.rows):
                yield block, plan(block, room)
            case Lst(_, items):
                for item in items:
                    yield from _planned(item.blocks, room - STEP)


def _sentence(number: int, table: Table, planned: Plan) -> str:
    grid = grid_of(table)
    columns = counted(grid.columns, "kolumn", "kolumner") if grid else "fler rutor än en sida rymmer"
    match planned.way:
        case "parts":
            return (
                f"Tabell {number} har {columns} och ryms inte på en liggande sida. "
                f"Den sätts i {len(planned.parts)} delar efter varandra, med den första kolumnen i varje."
            )
        case "list":
            return (
                f"Tabell {number} har {columns} och ryms inte ens i delar. Den sätts som en lista, rad för rad. "
                "Dela tabellen, eller lägg den som bilaga, om den ska läsas som tabell."
            )
        case _:
            return ""
