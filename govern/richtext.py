"""The content tree between what is typed, what is stored and what is printed.

A text is a tuple of blocks. The editor's HTML is parsed into it (`govern.markup`), the database and the record hold
its JSON, and each document writer is one `match` over the blocks. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

Mark = Literal["bold", "italic", "underline", "strike", "sub", "sup"]
MARKS: tuple[Mark, ...] = ("bold", "italic", "underline", "strike", "sub", "sup")

ListStyle = Literal["bullet", "decimal", "lower-alpha", "lower-roman"]
LIST_STYLES: tuple[ListStyle, ...] = ("bullet", "decimal", "lower-alpha", "lower-roman")


SCHEMES = ("http", "https", "mailto", "tel")
"""The allowed schemes of links: the only such list."""

_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+", re.IGNORECASE)
_ENCODED = re.compile(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_SAFE_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%"

PICTURE_LEFT_OUT = "[Bild som inte följde med"
"""How the words begin that stand in a text for a picture that could not be pasted (frontend/src/paste/pictures.js)."""


def safe_href(href: str | None) -> str | None:
    """Return an address that may be linked to, encoded as RFC 3986 and IDNA write it; None if there is no such.

    It is a complete one with an allowed scheme. `safeHref` in frontend/src/schema.js does the same.
    """
    href = (href or "").strip()
    if href[:4].lower() == "tel:":
        href = "".join(href.split())
    if not _LINK.fullmatch(href):
        return None
    try:
        parts = urlsplit(href)
        if parts.scheme in ("http", "https"):
            if not parts.hostname:
                return None
            before, at, host = parts.netloc.rpartition("@")
            name, colon, port = host.rpartition(":") if parts.port is not None else (host, "", "")
            name = name if name.isascii() else name.encode("idna").decode()
            href = href.replace(parts.netloc, f"{before}{at}{name}{colon}{port}", 1)
    except ValueError:  # A port that is none, brackets that do not match, or a domain that IDNA does not know.
        return None
    return href if _ENCODED.fullmatch(href) else quote(href, safe=_SAFE_CHARACTERS)


def readable(href: str) -> str:
    """Return an address as people read it, with the letters of its path and its domain, to search for words in it."""
    words = unquote(href)
    return f"{words} {_PUNYCODE.sub(_letters_of, words)}" if "xn--" in words.lower() else words


_PUNYCODE = re.compile(r"xn--[a-z0-9-]+", re.IGNORECASE)


def _letters_of(label: re.Match[str]) -> str:
    try:
        return label.group().encode().decode("idna")
    except UnicodeError:
        return label.group()


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text in one style; a line break inside a paragraph is a newline in `text`.

    `href` is as it was stored; use `link` to write a link.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    href: str | None = None

    @property
    def link(self) -> str | None:
        """The target of the link, if it is allowed."""
        return safe_href(self.href)


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of running text."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A heading inside a section; level 1 is the highest the writer of a section may use."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: a sequence of blocks, often with nested lists."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Lst:
    """A list. `start` is the number of its first item."""

    style: ListStyle
    items: tuple[Item, ...]
    start: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; a header cell names its column or row for a screen reader."""

    blocks: tuple[Block, ...]
    head: bool = False
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table as rows of cells; the first `head_rows` rows repeat on every page."""

    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int = 0


Block = Para | Head | Lst | Table
Blocks = tuple[Block, ...]


def plain(text: str) -> Blocks:
    """Parse plain text into paragraphs: a blank line separates them, a single newline stays a line break."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return tuple(Para((Run(part),)) for part in parts if part)


def text_of(blocks: Iterable[Block]) -> str:
    """Return the text as plain lines, one for each block, table cells separated by tabs; for search and word counts."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                yield "".join(run.text for run in runs)
            case Lst(_, items):
                for item in items:
                    yield from _lines(item.blocks)
            case Table(rows):
                for row in rows:
                    yield "\t".join(" ".join(_lines(cell.blocks)) for cell in row)


def runs_of(blocks: Iterable[Block]) -> Iterator[Run]:
    """Yield every run of text, at any depth."""
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                yield from runs
            case Lst(_, items):
                for item in items:
                    yield from runs_of(item.blocks)
            case Table(rows):
                for row in rows:
                    for cell in row:
                        yield from runs_of(cell.blocks)


def cells_of(blocks: Iterable[Block]) -> int:
    """Count the table cells, at any depth."""
    count = 0
    for block in blocks:
        match block:
            case Lst(_, items):
                count += sum(cells_of(item.blocks) for item in items)
            case Table(rows):
                count += sum(1 + cells_of(cell.blocks) for row in rows for cell in row)
    return count


MOST_ROMAN = 3999
"""The largest number that has a Roman numeral here."""


def label_of(style: ListStyle, number: int) -> str:
    """Return the label of item `number` in a list of this style: `1.`, `a.`, `iv.` or a bullet."""
    match style:
        case "bullet":
            return "•"
        case "decimal":
            return f"{number}."
        case "lower-alpha":
            return f"{letter_of(number)}."
        case "lower-roman":
            return f"{roman_of(number)}." if number <= MOST_ROMAN else f"{number}."


def letter_of(number: int) -> str:
    """Return a number in letters: 1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def roman_of(number: int) -> str:
    """Return a number from 1 in lowercase Roman numerals."""
    numerals = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        while number >= value:
            numerals += sign
            number -= value
    return numerals


# --- Depth -----------------------------------------------------------------------------------------------

DEPTH = 30
"""The most levels of nested lists and tables: far more than anyone writes, few enough to recurse over."""


class TooDeep(ValueError):
    """Raise when lists and tables are nested more deeply than `DEPTH`; the sentence is for the user."""

    def __init__(self) -> None:
        self.sentence = (
            f"Texten har listor eller tabeller i mer än {DEPTH} nivåer. "
            "Lyft ut de innersta, eller klistra in stycket som ren text."
        )
        super().__init__(self.sentence)


# --- JSON: one object for each block, the type in `type`, defaults left out -------------------------------


def to_json(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return the blocks as JSON values, equal for equal blocks."""
    return [_block_to_json(block) for block in blocks]


def _block_to_json(block: Block) -> dict[str, Any]:
    match block:
        case Para(runs):
            return {"type": "para", "runs": _runs_to_json(runs)}
        case Head(level, runs):
            return {"type": "head", "level": level, "runs": _runs_to_json(runs)}
        case Lst(style, items, start):
            value: dict[str, Any] = {
                "type": "list",
                "style": style,
                "items": [to_json(i.blocks) for i in items],
            }
            return value if start == 1 else value | {"start": start}
        case Table(rows, head_rows):
            cells = [[_cell_to_json(cell) for cell in row] for row in rows]
            return {"type": "table", "head_rows": head_rows, "rows": cells}


def _cell_to_json(cell: Cell) -> dict[str, Any]:
    value: dict[str, Any] = {"blocks": to_json(cell.blocks)}
    if cell.head:
        value["head"] = True
    if cell.colspan != 1:
        value["colspan"] = cell.colspan
    if cell.rowspan != 1:
        value["rowspan"] = cell.rowspan
    return value


def _runs_to_json(runs: Sequence[Run]) -> list[dict[str, Any]]:
    values = []
    for run in runs:
        value: dict[str, Any] = {"text": run.text}
        if run.marks:
            value["marks"] = list(run.marks)
        if run.href:
            value["href"] = run.href
        values.append(value)
    return values


def from_json(values: Iterable[Mapping[str, Any]], level: int = 0) -> Blocks:
    """Parse blocks from their JSON values; `level` is how many lists and tables contain them.

    Raises:
        TooDeep: if they are nested more deeply than `DEPTH`.
        ValueError: if a value is not a block of this tree.
    """
    if level > DEPTH:
        raise TooDeep
    try:
        return tuple([_block_from_json(value, level) for value in values])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a content tree: {error!r}") from error


def _block_from_json(value: Mapping[str, Any], level: int) -> Block:
    match value["type"]:
        case "para":
            _only(value, "type", "runs")
            return Para(_runs_from_json(value["runs"]))
        case "head":
            _only(value, "type", "level", "runs")
            return Head(_whole(value["level"]), _runs_from_json(value["runs"]))
        case "list" if value["style"] in LIST_STYLES:
            _only(value, "type", "style", "items", "start")
            items = tuple([Item(from_json(item, level + 1)) for item in value["items"]])
            return Lst(value["style"], items, _whole(value.get("start", 1)))
        case "table":
            _only(value, "type", "head_rows", "rows")
            rows = tuple([tuple([_cell_from_json(cell, level) for cell in row]) for row in value["rows"]])
            return Table(rows, _whole(value["head_rows"], least=0))
        case other:
            raise ValueError(f"no block is called {other!r}")


def _cell_from_json(value: Mapping[str, Any], level: int) -> Cell:
    _only(value, "blocks", "head", "colspan", "rowspan")
    return Cell(
        from_json(value["blocks"], level + 1),
        value.get("head", False) is True,
        _whole(value.get("colspan", 1)),
        _whole(value.get("rowspan", 1)),
    )


def _runs_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[Run, ...]:
    return tuple(_run_from_json(value) for value in values)


def _run_from_json(value: Mapping[str, Any]) -> Run:
    _only(value, "text", "marks", "href")
    text, marks, href = value["text"], value.get("marks", []), value.get("href")
    if not isinstance(text, str) or not isinstance(href, str | None) or not set(marks) <= set(MARKS):
        raise ValueError(f"not a run of text: {value!r}")
    return Run(text, tuple(mark for mark in MARKS if mark in marks), href)


def _only(value: Mapping[str, Any], *names: str) -> None:
    """Raise on keys that the tree does not know, rather than drop them silently."""
    unknown = set(value) - set(names)
    if unknown:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")


def _whole(value: Any, least: int = 1) -> int:
    if type(value) is not int or value < least:
        raise ValueError(f"{value!r} is no whole number from {least}")
    return value
