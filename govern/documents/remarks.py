"""What whoever writes is told of how a text will stand on paper: said when it is saved, and among the checks.

Decided from the text's structure alone, by the same rule as the writers follow; nothing is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from govern.documents.fitting import STEP, Plan, plan
from govern.documents.grids import grid_of
from govern.documents.page import TEXT
from govern.richtext import Block, Blocks, Head, Lst, Para, Table

PAGE = 3_000
"""About so much weight fills a page: its letters, and what its lines and cells take besides."""

LINE, CELL = 60, 20
"""What a paragraph and a cell weigh beside their letters."""

MOST = 1_000_000
"""A text that weighs more, some 330 pages, is not set as one § or one paper."""

MOST_IN_ALL = 5_000_000
"""A protocol that weighs more is not set as one document."""


def weight(blocks: Iterable[Block]) -> int:
    """Weigh a text: about how much paper it takes, counted in letters."""
    total = 0
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                total += LINE + sum(len(run.text) + run.text.count("\n") * LINE for run in runs)
            case Lst(_, items):
                total += sum(LINE + weight(item.blocks) for item in items)
            case Table(rows):
                total += sum(CELL + weight(cell.blocks) for row in rows for cell in row) + LINE * len(rows)
    return total


def too_much(weighed: int, most: int = MOST) -> str:
    """Say that a text of this weight is more than can be set, if it is."""
    if weighed <= most:
        return ""
    return (
        f"Texten är ungefär {_thousands(weighed // PAGE)} sidor. Högst omkring {_thousands(most // PAGE)} sidor kan "
        "sättas. Dela upp den, eller lägg det långa som bilaga."
    )


def remarks(texts: Iterable[Blocks]) -> list[str]:
    """Say in Swedish what becomes of the texts of one § or paper on paper, where that is not as they were written."""
    found: list[str] = []
    weighed = number = 0
    for blocks in texts:
        weighed += weight(blocks)
        for table, planned in _planned(blocks, TEXT):
            number += 1
            sentence = _sentence(number, table, planned)
            found += [sentence] if sentence else []
    heavy = too_much(weighed)
    return [heavy, *found] if heavy else found


def listed(texts: Iterable[Blocks]) -> list[str]:
    """Say which tables become lists, as no page holds them even in parts."""
    planned = (found for blocks in texts for found in _planned(blocks, TEXT))
    return [_sentence(number, table, way) for number, (table, way) in enumerate(planned, 1) if way.way == "list"]


def _planned(blocks: Blocks, room: float) -> Iterator[tuple[Table, Plan]]:
    """Give each table that stands by itself or in a list, with how it will be set."""
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


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
