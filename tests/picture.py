"""Draw the imports between slices (docs/imports.svg) and write the table of rooms: `python -m tests.picture`.

The slices are on the diagonal in their order. A line leaves a slice to the right and turns down into each slice that
imports it, where a dot joins the two. So all imports are above the diagonal, and there is nothing below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tests import flow
from tests.flow import rooms
from tests.flow.imports import House

ROOT = Path(__file__).parents[1]
PATH = ROOT / "docs" / "imports.svg"
GUIDE = ROOT / "CONTRIBUTING.md"
TABLE = re.compile(r"\| room \| holds \| may not import \|\n(\|.*\n)+")

HOLDS = {
    "states": "enumerations, each member with its Swedish word",
    "rules": "what the law and the forum allow, as functions that give a refusal or None",
    "models": "tables",
    "access": "who may see and do what, as rights that a route asks for",
    "queries": "what is read from the database",
    "operations": "what changes: one function for one button",
    "forms": "what somebody fills in",
    "views": "pages: load, check the form, call one operation, redirect",
    "register": "what the slice adds to the application: its pages, and what the outbox does for it",
}
GROUPS = {
    "the web": rooms.WEB,
    "the database": rooms.DATABASE,
    "form fields": rooms.TYPED,
    "what acts (audit, outbox, mail, letters, files)": rooms.ACTING,
}
"""The groups that `rooms.BARRED` consists of, by their name in the table."""

STEP, ROW = 106, 60  # Distances between slices, to the right and down.
WIDTH, HEIGHT = 96, 46  # The size of a slice.
LEFT, TOP = 28, 26
FEW, MANY = 10, 30
"""Numbers of imports from which a dot is larger. With three sizes, the picture changes only when the structure does."""

STYLE = """
  text { font-family: "Open Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1a1e21 }
  .paper { fill: #fdfdfb }
  .box { fill: #fdfdfb; stroke: #12503f; stroke-width: 1.5 }
  .last { stroke-dasharray: 4 3 }
  .floor { fill: #f3f4f0; stroke: #6c7379 }
  .line { fill: none; stroke: #6c7379; stroke-width: 1.25 }
  .dot, .room { fill: #12503f }
  .no { fill: none; stroke: #6c7379; stroke-width: 0.75 }
  .name { font-size: 13.5px; font-weight: 600 }
  .small { font-size: 12px }
  .soft { fill: #454c52 }
  .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    text { fill: #edebe5 }
    .paper { fill: #14171a }
    .box { fill: #14171a; stroke: #97d5be }
    .floor { fill: #1d2226; stroke: #8d969d }
    .line, .no { stroke: #8d969d }
    .dot, .room { fill: #97d5be }
    .soft { fill: #c0c5c7 }
  }
"""


def picture() -> str:
    """Return the picture as SVG."""
    house = House(flow.sources())
    boxes = [*rooms.SLICES, " · ".join(rooms.LAST)]
    joined = joints(house, len(boxes))
    width = 2 * LEFT + STEP * (len(boxes) - 1) + WIDTH
    floor = TOP + ROW * len(boxes) + 10
    names = sorted({plumbing for name in house.modules if (plumbing := plumbing_of(name))})
    said = list(wrapped(names, width - 2 * LEFT - 32))
    height = floor + 48 + 17 * len(said) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title" aria-describedby="description">',
        '<title id="title">Imports between the slices of Govern</title>',
        f'<desc id="description">{escape(in_words(boxes, joined))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *lines(joined),
        *(line for number, name in enumerate(boxes) for line in box(number, name, house)),
        *legend(TOP + ROW * 6 + 22),
        f'<rect class="floor" x="{LEFT}" y="{floor}" width="{width - 2 * LEFT}" height="{height - floor - 20}"/>',
        f'<text class="name" x="{LEFT + 16}" y="{floor + 25}">plumbing</text>',
        f'<text class="small soft" x="{LEFT + 88}" y="{floor + 25}">knows nothing of meetings, imports no slice, '
        "and may be imported by every one</text>",
        *(
            f'<text class="small" x="{LEFT + 16}" y="{floor + 48 + 17 * at}">{escape(line)}</text>'
            for at, line in enumerate(said)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def joints(house: House, boxes: int) -> Counter[tuple[int, int]]:
    """Count the imports between slices, by the positions of the imported and the importing slice."""
    counted: Counter[tuple[int, int]] = Counter()
    for arrow in house.ours:
        one, other = place_of(arrow.target, boxes), place_of(arrow.source, boxes)
        if arrow.source not in rooms.GATHERERS and one is not None and other is not None and one != other:
            counted[one, other] += 1
    return counted


def place_of(module: str, boxes: int) -> int | None:
    """Return the box of a module; None for plumbing."""
    return min(rooms.rank(module), boxes) - 1 if rooms.rank(module) else None


def plumbing_of(module: str) -> str:
    """Return the plumbing package or module that a module is or is in, or an empty string."""
    return "" if rooms.rank(module) or module in rooms.GATHERERS else module.split(".")[1]


def corner(number: int) -> tuple[int, int]:
    """Return the corner of a slice's box."""
    return LEFT + STEP * number, TOP + ROW * number


def lines(joined: Counter[tuple[int, int]]) -> Iterator[str]:
    """Draw a line to the right from each slice, one down into each, and a dot where they join."""
    for one, pairs in groupby(sorted(joined), key=lambda pair: pair[0]):
        x, y = corner(one)
        furthest = corner(max(other for _, other in pairs))[0] + WIDTH // 2
        yield f'<path class="line" d="M{x + WIDTH} {y + HEIGHT // 2}H{furthest}"/>'
    for other in sorted({other for _, other in joined}):
        x, y = corner(other)
        middle = x + WIDTH // 2
        highest = corner(min(one for one, into in joined if into == other))[1] + HEIGHT // 2
        yield f'<path class="line" d="M{middle} {highest}V{y - 6}"/>'
        yield f'<path class="dot" d="M{middle} {y - 1}l-4.5 -8h9z"/>'
    for (one, other), count in sorted(joined.items()):
        size = 3 if count < FEW else 4.5 if count < MANY else 6
        x, y = corner(other)[0] + WIDTH // 2, corner(one)[1] + HEIGHT // 2
        yield f'<circle class="dot" cx="{x}" cy="{y}" r="{size}"/>'


def box(number: int, name: str, house: House) -> Iterator[str]:
    """Draw a slice: its name, and its rooms."""
    x, y = corner(number)
    last = number == len(rooms.SLICES)
    kind = "box last" if last else "box"
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="3"/>'
    yield f'<text class="name middle" x="{x + WIDTH // 2}" y="{y + (28 if last else 21)}">{name}</text>'
    if not last:
        held = {rooms.room(module) for module in house.modules if rooms.slice_of(module) == name}
        for at, room in enumerate(rooms.ROOMS):
            yield square(x + 8 + 9 * at, y + 30, room in held)


def square(x: int, y: int, filled: bool) -> str:
    """Draw a room."""
    return f'<rect class="{"room" if filled else "no"}" x="{x}" y="{y}" width="7" height="7" rx="1"/>'


def legend(y: int) -> Iterator[str]:
    """Yield the legend, below the diagonal, where nothing else may be drawn."""
    told = (
        "A line leads from a slice to those that import it.",
        "A dot joins them; a larger one stands for more imports.",
        "An import the other way fails a test (tests/flow).",
    )
    for at, sentence in enumerate(told):
        yield f'<text class="small soft" x="{LEFT}" y="{y + 18 * at}">{sentence}</text>'
    y += 18 * len(told) + 14
    yield f'<text class="name" x="{LEFT}" y="{y}">The rooms of a slice, in their order</text>'
    for at, room in enumerate(rooms.ROOMS):
        across, down = LEFT + 96 * (at % 5), y + 18 + 20 * (at // 5)
        yield square(across, down - 7, True)
        yield f'<text class="small" x="{across + 14}" y="{down}">{room}</text>'
    down = y + 18 + 42
    yield square(LEFT, down - 7, False)
    yield f'<text class="small soft" x="{LEFT + 14}" y="{down}">a room that the slice does not need</text>'


def wrapped(names: Sequence[str], width: int) -> Iterator[str]:
    """Wrap names to lines, by the average width of a letter."""
    line = ""
    for name in names:
        longer = f"{line} · {name}" if line else name
        if len(longer) * 5.9 > width:
            yield line
            longer = name
        line = longer
    yield line


def in_words(boxes: Sequence[str], joined: Counter[tuple[int, int]]) -> str:
    """Return the picture's text alternative."""
    sentences = ["From upstream to downstream."]
    for number, name in enumerate(boxes):
        imported = [boxes[one] for one, other in sorted(joined) if other == number]
        sentences.append(f"{name} imports {', '.join(imported) if imported else 'no slice'}.")
    return " ".join(sentences)


def rooms_table() -> str:
    """Return the table of a slice's rooms, their content and the imports barred from them."""
    lines = ["| room | holds | may not import |", "|---|---|---|"]
    for room in rooms.ROOMS:
        barred = set(rooms.BARRED.get(room, ()))
        groups = [name for name, names in GROUPS.items() if barred.issuperset(names)]
        left = barred - {one for name in groups for one in GROUPS[name]}
        lines.append(
            f"| `{room}` | {HOLDS[room]} | {', '.join([*groups, *(f'`{name}`' for name in sorted(left))]) or '—'} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(picture())
    GUIDE.write_text(TABLE.sub(lambda _: rooms_table(), GUIDE.read_text()))
