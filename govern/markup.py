"""Convert sanitised HTML to the content tree and back. Markup that the tree cannot hold is dropped, never its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from govern.errors import Refused
from govern.richtext import (
    DEPTH,
    PICTURE_LEFT_OUT,
    SCHEMES,
    Block,
    Blocks,
    Cell,
    Head,
    Item,
    ListStyle,
    Lst,
    Mark,
    Para,
    Run,
    Table,
    TooDeep,
    safe_href,
)

TAGS = {
    *("p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "a", "span", "img"),
    *("blockquote", "pre", "section", "article", "dl", "dt", "dd"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt"},
    "ol": {"type", "start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
MARK_TAGS: dict[str, Mark] = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "u": "underline",
    "s": "strike",
    "del": "strike",
    "sub": "sub",
    "sup": "sup",
}
TAGS_OF: dict[Mark, str] = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "sub": "sub",
    "sup": "sup",
}
LIST_TYPES: dict[str, ListStyle] = {"a": "lower-alpha", "A": "lower-alpha", "i": "lower-roman", "I": "lower-roman"}
TYPES_OF: dict[ListStyle, str] = {"lower-alpha": "a", "lower-roman": "i"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3}
CONTAINERS = {"div", "section", "article", "blockquote", "dl", "dt", "dd", "pre", "body", "li", "td", "th", "p"}


CLEANER = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel=None)


def clean(html: str) -> str:
    """Remove from HTML everything but text and structure: scripts, styles, handlers, links with other schemes."""
    return CLEANER.clean(html)


@lru_cache(maxsize=16)  # A save parses the HTML again when it is stored, and most sections come back unchanged.
def from_html(html: str) -> Blocks:
    """Parse any HTML into the content tree.

    Raises:
        Refused: if lists and tables are nested more deeply than the tree allows.
    """
    try:
        if _wraps(html) > MOST_WRAPS:
            raise TooDeep
        body = LexborHTMLParser(clean(html)).body
        return _blocks(body, 0) if body is not None else ()
    except TooDeep as error:
        raise Refused(error.sentence) from error


def to_html(blocks: Iterable[Block], below: int = 0) -> str:
    """Render the content tree as HTML that needs no further sanitising; its headings start below level `below`."""
    return "".join(_html(block, below) for block in blocks)


MOST_CELLS, MOST_CELLS_IN_ALL = 5_000, 20_000
"""The most table cells in one submitted text, and in all texts of a paragraph or a paper together: each takes time to
save and to render."""
TOO_MANY_CELLS = (
    "Texten har en tabell med fler rutor än vad som kan sparas, högst 5 000 i en text och 20 000 sammanlagt. "
    "Lägg tabellen som bilaga i stället."
)
CELL = re.compile(r"<t[dh][\s/>]", re.IGNORECASE)


def refuse_cells(texts: Iterable[str]) -> None:
    """Refuse texts whose tables have too many cells, without parsing. What was stored before stays readable.

    Raises:
        Refused: if there are too many.
    """
    counts = [sum(1 for _ in CELL.finditer(html)) for html in texts]
    if any(count > MOST_CELLS for count in counts) or sum(counts) > MOST_CELLS_IN_ALL:
        raise Refused(TOO_MANY_CELLS)


MOST_WRAPS = 500
"""HTML nested more deeply than this is refused without parsing, which would take time quadratic in the depth."""

TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
ENDED_BY_NEXT = {
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rp", "rt"),
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"),
}
"""Tags without content, and tags that the next tag may close."""


def _wraps(html: str) -> int:
    """Return an upper bound on how deeply the tags are nested."""
    depth = deepest = 0
    for tag in TAG.finditer(html):
        if tag[2].lower() not in ENDED_BY_NEXT:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


# --- reading ---------------------------------------------------------------------------------------------


class _Inline:
    """Collects the runs of one paragraph, collapsing white space across their borders."""

    def __init__(self) -> None:
        self.runs: list[tuple[list[str], tuple[Mark, ...], str | None]] = []

    def text(self, text: str, marks: tuple[Mark, ...], href: str | None) -> None:
        for space in "\t\r\n\f":
            text = text.replace(space, " ")
        if "  " in text:
            text = re.sub(" {2,}", " ", text)
        ends = self.runs[-1][0][-1][-1:] if self.runs else "\n"
        if ends in (" ", "\n"):
            text = text.lstrip(" ")
        if not text:
            return
        if self.runs and self.runs[-1][1:] == (marks, href):
            self.runs[-1][0].append(text)
        else:
            self.runs.append(([text], marks, href))

    def line_break(self) -> None:
        if self.runs:
            parts = self.runs[-1][0]
            parts[-1] = parts[-1].rstrip(" ") + "\n"

    def take(self) -> tuple[Run, ...]:
        runs, self.runs = [Run("".join(parts), marks, href) for parts, marks, href in self.runs], []
        while runs:
            last = runs[-1]
            text = last.text.rstrip(" \n")
            if text:
                runs[-1] = Run(text, last.marks, last.href)
                break
            runs.pop()
        return tuple(run for run in runs if run.text)


NESTED = 150
"""The most levels of mere wrappers that are parsed one by one; anything deeper is read as text only."""


def _blocks(node: LexborNode, level: int) -> Blocks:
    if level > DEPTH:
        raise TooDeep
    blocks: list[Block] = []
    inline = _Inline()

    def flush() -> None:
        runs = inline.take()
        if runs:
            blocks.append(Para(runs))

    def walk(parent: LexborNode, marks: tuple[Mark, ...], href: str | None, depth: int = 0) -> None:
        if depth > NESTED:
            inline.text(parent.text(separator=" "), marks, href)
            return
        for child in parent.iter(include_text=True):
            tag = child.tag or ""
            if tag in ("-text", "img"):
                inline.text(_words(child), marks, href)
            elif tag == "br":
                inline.line_break()
            elif tag in MARK_TAGS:
                mark = MARK_TAGS[tag]
                walk(child, marks if mark in marks else _ordered((*marks, mark)), href, depth + 1)
            elif tag == "a":
                walk(child, marks, safe_href(child.attributes.get("href")) or href, depth + 1)
            elif tag in HEADINGS:
                flush()
                walk(child, (), None, depth + 1)
                runs = inline.take()
                if runs:
                    blocks.append(Head(HEADINGS[tag], runs))
            elif tag in ("ul", "ol"):
                flush()
                blocks.extend(_list(child, level + 1))
            elif tag == "table":
                flush()
                blocks.extend(_table(child, level + 1))
            elif tag in CONTAINERS:
                flush()
                walk(child, marks, href, depth + 1)
                flush()
            else:
                walk(child, marks, href, depth + 1)

    walk(node, (), None)
    flush()
    return tuple(blocks)


def _words(node: LexborNode) -> str:
    """Return a text node's text, or the words that say that a picture was left out, with its description."""
    if node.tag == "-text":
        return node.text_content or ""
    description = node.attributes.get("alt")
    return f"{PICTURE_LEFT_OUT}{f': {description}' if description else ''}]"


def _ordered(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    given = set(marks)
    return tuple(mark for mark in TAGS_OF if mark in given)


def _list(node: LexborNode, level: int) -> list[Block]:
    if level > DEPTH:
        raise TooDeep
    items: list[list[Block]] = []
    for child in node.iter():
        if child.tag in ("ul", "ol") and items:  # A list directly inside a list belongs to the item before it.
            items[-1] += _list(child, level + 1)
        elif child.tag in ("ul", "ol", "li"):
            blocks = list(_blocks(child, level)) if child.tag == "li" else _list(child, level + 1)
            if blocks:
                items.append(blocks)
    if not items:
        return []
    style: ListStyle = "bullet" if node.tag == "ul" else LIST_TYPES.get(node.attributes.get("type") or "", "decimal")
    return [Lst(style, tuple(Item(tuple(blocks)) for blocks in items), _number(node, "start", 1))]


def _table(node: LexborNode, level: int) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    heads = 0
    for row in _rows_of(node):
        cells = tuple(
            Cell(_blocks(cell, level), cell.tag == "th", _number(cell, "colspan", 1), _number(cell, "rowspan", 1))
            for cell in row.iter()
            if cell.tag in ("td", "th")
        )
        if not cells:
            continue
        if len(rows) == heads and all(cell.head for cell in cells):
            heads += 1
        rows.append(cells)
    return [Table(tuple(rows), heads if heads < len(rows) else 0)] if rows else []


def _rows_of(table: LexborNode) -> Iterator[LexborNode]:
    """Yield a table's own rows, not those of a table inside one of its cells."""
    for part in table.iter():
        if part.tag == "tr":
            yield part
        elif part.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in part.iter() if row.tag == "tr")


MOST_DIGITS = 9


def _number(node: LexborNode, name: str, default: int) -> int:
    text = node.attributes.get(name) or ""
    number = int(text[:MOST_DIGITS]) if text.isascii() and text.isdigit() else 0
    return min(number, 1000) or default


# --- writing ---------------------------------------------------------------------------------------------


def _html(block: Block, below: int) -> str:
    match block:
        case Para(runs):
            return f"<p>{_runs(runs)}</p>"
        case Head(level, runs):
            tag = f"h{min(level + below, 6)}"
            return f"<{tag}>{_runs(runs)}</{tag}>"
        case Lst(style, items, start):
            tag = "ul" if style == "bullet" else "ol"
            kind = f' type="{TYPES_OF[style]}"' if style in TYPES_OF else ""
            first = f' start="{start}"' if start != 1 and tag == "ol" else ""
            return f"<{tag}{kind}{first}>{''.join(f'<li>{to_html(item.blocks)}</li>' for item in items)}</{tag}>"
        case Table(rows, head_rows):
            head, body = rows[:head_rows], rows[head_rows:]
            parts = [f"<thead>{''.join(map(_row, head))}</thead>"] if head else []
            return f"<table>{''.join(parts)}<tbody>{''.join(map(_row, body))}</tbody></table>"


def _row(row: Iterable[Cell]) -> str:
    return f"<tr>{''.join(map(_cell, row))}</tr>"


def _cell(cell: Cell) -> str:
    tag = "th" if cell.head else "td"
    spans = "".join(f' {n}="{v}"' for n, v in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if v != 1)
    return f"<{tag}{spans}>{to_html(cell.blocks)}</{tag}>"


def _runs(runs: Iterable[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    html = escape(run.text, quote=False).replace("\n", "<br>")
    for mark in reversed(run.marks):
        html = f"<{TAGS_OF[mark]}>{html}</{TAGS_OF[mark]}>"
    return f'<a href="{escape(run.link)}">{html}</a>' if run.link else html
