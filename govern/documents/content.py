"""What a document says, in order, and nothing about paper: the one tree that both writers print.

A `Document` is a list of elements. A layout (`protocol.py`, `summons.py`) is a pure function from facts to such a
list; `pdf/writer.py` and `word/writer.py` each match on the elements. So the two files cannot say different things.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from govern.richtext import Blocks, Cell, Item, Lst, Para, Run, Table


@dataclass(frozen=True, slots=True)
class Title:
    """The head of the first page: whose document it is and what it is."""

    forum: str
    body: tuple[str, ...]
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `anchor` names it for links and is unique; only headings with `listed` stand in the contents.

    `number` hangs in the margin. `note` is a line of its own beneath, such as the case's reference.
    `beside` sets a short heading in the margin beside what follows it. `strong` marks what readers look for first.
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
    """Lists of people, a list a group, set in `columns` columns."""

    groups: tuple[tuple[str, ...], ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Point:
    """A point with a label of its own, `level` steps in (0 is outermost)."""

    label: str
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Points:
    """Points whose labels are facts of the record and so are never renumbered."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """Where someone signs: `field` is the PDF field's name, `text` stands under the line."""

    text: str
    field: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of the document's listed headings with their pages."""


@dataclass(frozen=True, slots=True)
class Legend:
    """What the codes after the headings mean, as (code, word)."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Element = Title | Heading | Body | Names | Points | SignatureLine | Contents | Legend | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: its elements, and what every page repeats.

    `running` is the (left) head of every page but the first, `strip` the words under the lines at every page's foot.
    `header` is a line of the organisation's own: at the head of the first page, and above `running` on the others.
    `base` is the organisation's own DOCX, whose letterhead, styles and margins the DOCX gets.
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
        """Return the headings that stand in the contents, in order."""
        return tuple(e for e in self.elements if isinstance(e, Heading) and e.listed)


def shortened(text: str, most: int) -> str:
    """Cut a text that stands where no page can end within it, and give it on one line.

    That is a line of the contents, a name, a signature's words, a file's title.
    """
    text = BREAK.sub(" ", text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


BREAK = re.compile(r"\s*[\r\n]\s*")


IN_CONTENTS = 300
NAME = 600
"""So many letters are shown of a heading in the contents, and of a name."""

FACT = 255
"""So many letters of a title or an author a DOCX file's own facts may have."""


def paragraphs(*texts: str) -> Body:
    """Make running text, a paragraph a string; empty strings are left out."""
    return Body(tuple(Para((Run(text),)) for text in texts if text.strip()))


def lines(*texts: str) -> Body:
    """Make one paragraph with a line a string; empty strings are left out."""
    return paragraphs("\n".join(text for text in texts if text.strip()))


def bullets(texts: tuple[str, ...]) -> Body:
    """Make a bulleted list of plain strings."""
    return listing("bullet", texts)


def numbered(texts: tuple[str, ...]) -> Body:
    """Make a list numbered from 1 of plain strings."""
    return listing("decimal", texts)


def listing(style: str, texts: tuple[str, ...]) -> Body:
    """Make a list of plain strings in a list style of `govern.richtext`."""
    items = tuple(Item((Para((Run(text),)),)) for text in texts)
    return Body((Lst("decimal" if style == "decimal" else "bullet", items),)) if items else Body(())


def table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Body:
    """Make a table of plain strings under a row of column heads."""
    top = tuple(Cell((Para((Run(text),)),), head=True) for text in head)
    rest = tuple(tuple(Cell((Para((Run(text),)),)) for text in row) for row in rows)
    return Body((Table((top, *rest), head_rows=1),))


def clean(text: str) -> str:
    """Make text fit for print: composed characters (NFC), tabs as spaces, and of what is invisible only line breaks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return text if text.isprintable() else "".join(c for c in text if c == "\n" or _visible(c))


def _visible(character: str) -> bool:
    """Tell a character from control, format (soft hyphen, joiners, marks of direction) and invalid code points."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn"} and character not in VARIATIONS


VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Selectors of a character's variant; no face here has variants, so they would only stand as a box."""
