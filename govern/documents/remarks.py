"""What whoever writes is told of how a text will stand on paper: said when it is saved, and among the checks.

Decided from the text's structure alone, by the same rule as the writers follow; nothing is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from govern.documents.pdf.fitting import STEP, Plan, plan
from govern.documents.pdf.grids import grid_of
from govern.documents.pdf.measures import TEXT
from govern.richtext import Block, Blocks, Cell, Head, Lst, Para, Table

LINE, CELL = 60, 40
"""What a paragraph and a cell weigh beside their letters: about the work of setting so many."""

MOST = 2_000_000
"""A text that weighs more is not set as one § or one paper."""

MOST_IN_ALL = 6_000_000
"""A protocol that weighs more is not set as one document."""

TOO_MUCH = (
    "Texten är längre än vad som kan sättas på sidor, omkring 600 sidor löptext eller 40 000 rutor i tabeller. "
    "Dela upp den, eller lägg det långa som bilaga."
)
TOO_MUCH_IN_ALL = (
    "Protokollet är längre än vad som kan sättas i ett dokument, omkring 2 000 sidor. Lägg det långa som bilagor."
)


def weight(blocks: Iterable[Block]) -> int:
    """Weigh a text: about how much work it is to set, counted in letters."""
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
    """Weigh a cell; one that holds a single line is the most common, and light."""
    match cell.blocks:
        case (Para(runs),):
            return CELL + sum(len(run.text) for run in runs)
        case blocks:
            return CELL + weight(blocks)


def too_much(weighed: int) -> bool:
    """Tell a text of this weight that is more than can be set as one § or one paper."""
    return weighed > MOST


def remarks(texts: Iterable[Blocks]) -> list[str]:
    """Say in Swedish what becomes of the texts of one § or paper on paper, where that is not as they were written."""
    held = list(texts)
    if too_much(sum(map(weight, held))):
        return [TOO_MUCH]
    sentences = (_sentence(number, table, way) for number, (table, way) in _numbered(held))
    return [sentence for sentence in sentences if sentence]


def listed(texts: Iterable[Blocks]) -> list[str]:
    """Return which tables become lists, as no page holds them even in parts."""
    return [_sentence(number, table, way) for number, (table, way) in _numbered(texts) if way.way == "list"]


def _numbered(texts: Iterable[Blocks]) -> Iterator[tuple[int, tuple[Table, Plan]]]:
    yield from enumerate((found for blocks in texts for found in _planned(blocks, TEXT)), 1)


def _planned(blocks: Blocks, room: float) -> Iterator[tuple[Table, Plan]]:
    """Yield each table that stands by itself or in a list, with how it will be set."""
    for block in blocks:
        match block:
            case Table() if any(block.rows):
                yield block, plan(block, room)
            case Lst(_, items):
                for item in items:
                    yield from _planned(item.blocks, room - STEP)


def _sentence(number: int, table: Table, planned: Plan) -> str:
    grid = grid_of(table)
    columns = f"{grid.columns} kolumner" if grid else "fler rutor än en sida rymmer"
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
