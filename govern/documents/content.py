"""The content tree of a document, in reading order and independent of the format; both writers render it.

A `Document` is a list of elements. A layout (`protocol.py`, `summons.py`) is a pure function from facts to such a
list; `pdf/writer.py` and `word/writer.py` each match on the elements, so the two files have the same content.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from govern.richtext import Blocks, Cell, Item, Lst, Para, Run, Table


@dataclass(frozen=True, slots=True)
class Title:
    """The top of the first page: the forum, its organisation, and the document's title and subtitle."""

    forum: str
    body: tuple[str, ...]
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `anchor` is its unique link target; only `listed` headings appear in the table of contents.

    `number` is printed in the margin. `note` is a separate line below, such as the case's reference. `beside` puts a
    short heading in the margin, next to the element after it. `strong` emphasises it, as for decisions.
    """

    level: int
    text: str
    anchor: str = ""
    number: str = ""
    note: str = ""
    listed: bool = False
    beside: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """Rich text."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Names:
    """Lists of people, one list for each group, in `columns` columns."""

    groups: tuple[tuple[str, ...], ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its own label, at nesting `level` (0 is outermost)."""

    label: str
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Points:
    """Points whose labels are given by the facts and never renumbered."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line to sign on: `field` is the name of the PDF field, `text` is printed below the line."""

    text: str
    field: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents: the document's listed headings with their page numbers."""


@dataclass(frozen=True, slots=True)
class Legend:
    """An explanation of the codes after headings, as (code, word)."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A page break."""


Element = Title | Heading | Body | Names | Points | SignatureLine | Contents | Legend | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: its elements, and the content repeated on every page.

    `running` is the running head of every page but the first, `strip` the words of the signature strip in every footer.
    `header` is the organisation's own line: at the top of the first page, and above `running` on the others.
    `base` is the organisation's own DOCX, from which the DOCX takes letterhead, styles and margins; its other pages do
    not show `header`.
    """

    title: str
    author: str
    running: str
    strip: tuple[str, ...]
    elements: tuple[Element, ...]
    accent: str
    logo: bytes | None = None
    logo_alt: str = ""
    header: str = ""
    base: bytes | None = None

    def listed(self) -> tuple[Heading, ...]:
        """Return the headings of the table of contents, in order."""
        return tuple(e for e in self.elements if isinstance(e, Heading) and e.listed)


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut to `most` characters.

    For texts that cannot be split by a page break: a contents line, a name, a signature's text, a file's title.
    """
    text = BREAK.sub(" ", text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


BREAK = re.compile(r"\s*[\r\n]\s*")


IN_CONTENTS = 300
NAME = 600
"""The most characters shown of a heading in the contents, and of a name."""

FACT = 255
"""The most characters of the title and the author in the core properties of a DOCX file."""


def paragraphs(*texts: str) -> Body:
    """Make running text with one paragraph for each string; blank strings are left out."""
    return Body(tuple(Para((Run(text),)) for text in texts if text.strip()))


def lines(*texts: str) -> Body:
    """Make one paragraph with one line for each string; blank strings are left out."""
    return paragraphs("\n".join(text for text in texts if text.strip()))


def bullets(texts: tuple[str, ...]) -> Body:
    """Make a bulleted list of plain strings."""
    return listing("bullet", texts)


def numbered(texts: tuple[str, ...]) -> Body:
    """Make a list of plain strings, numbered from 1."""
    return listing("decimal", texts)


def listing(style: str, texts: tuple[str, ...]) -> Body:
    """Make a list of plain strings: numbered if `style` is `decimal`, bulleted if it is anything else."""
    items = tuple(Item((Para((Run(text),)),)) for text in texts)
    return Body((Lst("decimal" if style == "decimal" else "bullet", items),)) if items else Body(())


def table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Body:
    """Make a table of plain strings with a header row."""
    top = tuple(Cell((Para((Run(text),)),), head=True) for text in head)
    rest = tuple(tuple(Cell((Para((Run(text),)),)) for text in row) for row in rows)
    return Body((Table((top, *rest), head_rows=1),))


def clean(text: str) -> str:
    """Return text fit for print: in NFC, with spaces for tabs, and no invisible characters but line breaks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return text if text.isprintable() else "".join(c for c in text if c == "\n" or _visible(c))


def _visible(character: str) -> bool:
    """Return whether a character is visible: no control or format character, invalid code point, variation selector."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn"} and character not in VARIATIONS


VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Variation selectors: the fonts used here have no variants, so a selector would be printed as a box."""
