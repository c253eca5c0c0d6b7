"""Meetings of many shapes, whose documents must lose no word and conform to the standards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from govern.record import ProtocolRecord
from govern.richtext import Block, Cell, Head, Item, ListStyle, Lst, Para, Run, Table
from tests.documents.examples import cell, empty, member, para, record, text

SENTENCES = "Kommunerna samverkar om drift och stöd, så att invånarna får en likvärdig service. " * 8
LONG_WORD = "Realisationsvinstbeskattningsförordningsutredningskommissionssammanträdesprotokollsjusterare" * 2


def listing(style: ListStyle, *items: Block | tuple[Block, ...], start: int = 1) -> Lst:
    """Return a list whose items are single blocks or tuples of blocks."""
    return Lst(style, tuple(Item(item if isinstance(item, tuple) else (item,)) for item in items), start)


def tables() -> ProtocolRecord:
    """Return tables across pages, with spans, ragged, nested, empty, without headers, or with a row over a page."""
    rows = (tuple(cell(name, head=True) for name in ("Rad", "Text", "Tal")),)
    over_pages = Table((*rows, *((cell(f"rad {i}"), cell(SENTENCES[:80]), cell(str(i))) for i in range(120))), 1)
    spans = Table(
        (
            (cell("Kommun", head=True, rowspan=2), cell("År", head=True, colspan=2)),
            (cell("2023", head=True), cell("2024", head=True)),
            (cell("Älvsby"), cell("1", rowspan=2), cell("2")),
            (cell("Norrvik"), cell("3")),
        ),
        head_rows=2,
    )
    ragged = Table(((cell("a"), cell("b")), (cell("c"),)))
    nested = Table(((cell("yttre"), Cell((Table(((cell("inre ett"), cell("inre två")),)),))),))
    points = listing("bullet", *(para(f"punkt {i}") for i in range(60)))
    high = Table(((cell("Huvud", head=True),), (Cell((para(SENTENCES * 3), para(SENTENCES * 3), points)),)), 1)
    return record("kl_board", text(45, "Tabeller", over_pages, spans, ragged, Table(()), nested, high))


def words() -> ProtocolRecord:
    """Return words wider than a line in a text, a heading, a link and a table."""
    link = Run("https://example.org/" + "stig/" * 60, href="https://example.org/stig")
    narrow = Table(((cell(LONG_WORD), cell(SENTENCES[:60]), cell("c")),))
    mixed = Para((Run("Ett "), Run(LONG_WORD, ("bold", "italic")), Run(" "), link))
    return record("kl_board", text(45, LONG_WORD, para(LONG_WORD), mixed, narrow))


def glyphs() -> ProtocolRecord:
    """Return letters of many languages, and characters that are missing from the fonts, invisible or not allowed."""
    odd = "ƒ Ȁ ǆ ∑ ☃ Łódź Ħğ ẞ a\u0301 mjuk\u00adhet noll\u200bbredd kloc\x07ka \ufeff"
    return record("kl_board", text(45, "Ĳssel", para(odd), para("rad ett\nrad två\n\nrad fyra")))


def lists() -> ProtocolRecord:
    """Return deeply nested, empty and long lists, lists that start with a list or at seven, and unordered headings."""
    inner = listing("lower-roman", (para("tre"), listing("bullet", para("fyra"))))
    deep = listing("decimal", (para("ett"), listing("lower-alpha", (para("två"), inner))), start=7)
    first = listing("bullet", listing("bullet", para("lista först")))
    heads = (Head(3, (Run("Tre"),)), para("x"), Head(1, (Run("Ett"),)))
    clauses = listing("decimal", *(para(f"att godkänna del {i} av planen") for i in range(150)))
    return record(
        "kl_board", text(45, "Listor", deep, first, *heads, listing("decimal"), Lst("bullet", (Item(()),)), clauses)
    )


def turned() -> ProtocolRecord:
    """Return tables on landscape pages: in adjacent paragraphs, two in one, and with text before and after."""

    def wide(rows: int) -> Table:
        head = tuple(cell(f"Kolumnrubrik {i}", head=True) for i in range(14))
        return Table((head, *(tuple(cell(f"värde {y} {x}") for x in range(14)) for y in range(rows))), 1)

    return record(
        "kl_board",
        text(45, "Genast", wide(4)),
        text(46, "Två", para("Inledning:"), wide(4), para("Därefter:"), wide(4)),
        *(text(47 + rows, f"Rader {rows}", para("Inledning:"), wide(rows)) for rows in range(16, 22)),
        text(70, "Text efter", wide(4), para(SENTENCES)),
        text(71, "Sist", para(SENTENCES), wide(2)),
    )


def many() -> ProtocolRecord:
    """Return a meeting of 250 paragraphs."""
    return record("kl_board", *(text(i, f"Ärende nummer {i}", para(SENTENCES)) for i in range(45, 290)))


def crowd() -> ProtocolRecord:
    """Return a meeting with eighty members."""
    people = tuple(member(f"Person{i} Efternamnsson-Dubbelnamn", "Norrvik", "S", "KSO") for i in range(80))
    return replace(record("agreement"), presence=people)


SHAPES: dict[str, Callable[[], ProtocolRecord]] = {
    "base": record,
    "empty": empty,
    "tables": tables,
    "words": words,
    "glyphs": glyphs,
    "lists": lists,
    "turned": turned,
    "many": many,
    "crowd": crowd,
}

REPEATED_HEADS = {
    "tables": ("Rad Text Tal", "Huvud"),
    "turned": (" ".join(f"Kolumnrubrik {i}" for i in range(14)),),
}
"""The table header rows that are repeated at the top of a page, by shape."""
