"""Break spans of text into lines no wider than the column, ragged right, with Swedish hyphenation where it helps.

A § and its number, a sum and its unit, or a clock time are never separated. Only common words are hyphenated, not names
or references. Text wider than a whole line is the exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pyphen

from govern.documents import budget, fonts
from govern.documents.pdf.tagging import Node

INK = "1a1a1a"
SOFT_HYPHEN = "\u00ad"
"""Drawn as a hyphen, but ignored when the text is read aloud, copied or searched."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one font. `node` is its own structure element, `href` the target of a link (`#anchor` for a heading)."""

    text: str
    font: str = fonts.REGULAR
    colour: str = INK
    scale: float = 1.0
    rise: float = 0.0
    underline: bool = False
    strike: bool = False
    node: Node | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: text of one span at `x` points from the paragraph's indent, `width` points wide."""

    x: float
    width: float
    text: str
    span: Span


Word = list[tuple[str, Span, float]]
Line = list[Piece]


def covered(spans: Iterable[Span], node: Node | None) -> Iterator[Span]:
    """Split spans so that each has a font with all its glyphs; a character in none is shown as □ and read as itself."""
    for span in spans:
        for line_number, line in enumerate(span.text.split("\n")):
            if line_number:
                yield replace(span, text="\n")
            for shown, face, actual in fonts.by_coverage(line, span.font):
                parent = span.node or node
                stand_in = Node("Span", parent, {"ActualText": actual}) if actual and parent else None
                yield replace(span, text=shown, font=face, node=stand_in or span.node)


RAGGED = 0.15
"""The share of a line that must be empty before the next word is hyphenated to fill it."""

MOST_HYPHENS = 2
"""The most consecutive lines that end in a hyphen."""


def break_lines(
    spans: tuple[Span, ...], size: float, available: float, overhang: float = 0.0, *, hyphenate: bool = True
) -> list[Line]:
    """Break spans into lines no wider than `available` points; the first is indented by `overhang`."""
    lines: list[Line] = []
    line: Word = []
    x, hyphens = overhang, 0

    def end(with_: str) -> None:
        nonlocal line, x
        lines.append(_line(line, overhang if not lines else 0.0, with_))
        line, x = [], 0.0

    for whole in _words(spans, size):
        budget.spend(1)
        word = whole
        if not word:
            end(" ")
            continue
        gap = _space(line[-1][1], size) if line else 0.0
        wide = _width(word)
        if line and x + gap + wide > available:
            room = available - x - gap
            cut = None
            if hyphenate and hyphens < MOST_HYPHENS and room > RAGGED * available:
                cut = _hyphenated(word, size, room)
            if cut:
                head, word = cut
                _append(line, head, gap)
            hyphens = hyphens + 1 if cut else 0
            end("" if cut else " ")
            gap, wide = 0.0, _width(word)
        while x + wide > available and not line:
            budget.spend(1)
            line, word = _cut(word, size, available - x)
            end("")
            wide = _width(word)
        _append(line, word, gap)
        x += gap + wide
    end(" ")
    return lines


def _append(line: Word, word: Word, gap: float) -> None:
    """Append a word to a line, after a space that is added to the word before it."""
    if line and gap:
        text, span, width = line[-1]
        line[-1] = (f"{text} ", span, width + gap)
    line += word


def _width(word: Word) -> float:
    return sum(part[2] for part in word)


SPACE = re.compile(
    r"((?<![§\d])(?<!kl\.)(?<![Dd]nr)(?<![A-ZÅÄÖ]{2}) +"
    r"|(?<=[A-ZÅÄÖ]{2}) +(?!\d)"
    r"|(?<=\d) +(?!\d{3}(?!\d)|%|kr\b|tkr\b|mnkr\b)"
    r"|\n)"
)
"""Where a line may end: not between § and number, after `kl.`, `dnr` or `KS`, in a number, or before its unit."""


def bound(text: str) -> str:
    """Return the text with a no-break space wherever a line may not end, for programs that break lines themselves."""
    return "".join(part if not part.strip(" \n") else part.replace(" ", "\u00a0") for part in SPACE.split(text))


LONGEST = 1000
"""The most characters of a word measured as one piece: else each line of a long word would measure all the rest."""

BEYOND = 40
"""The characters beyond the end of a line that are searched for hyphenation points."""


def _words(spans: tuple[Span, ...], size: float) -> Iterator[Word]:
    """Split spans at spaces into words of one or more parts; an empty word is a line break."""
    word: Word = []
    for span in spans:
        for part in SPACE.split(span.text):
            if part and not part.strip(" \n"):
                if word:
                    yield word
                word = []
                if part == "\n":
                    yield []
            else:
                word += [
                    (piece, span, fonts.width(piece, span.font) * size * span.scale)
                    for piece in (part[at : at + LONGEST] for at in range(0, len(part), LONGEST))
                ]
    if word:
        yield word


def _space(span: Span, size: float) -> float:
    return fonts.width(" ", span.font) * size * span.scale


def _line(parts: Word, x: float, end: str) -> Line:
    """Return parts as a line, joining neighbours of one span; `end` is added to the last, to separate words."""
    line: Line = []
    for text, span, width in parts:
        if line and line[-1].span is span:
            line[-1] = Piece(line[-1].x, line[-1].width + width, line[-1].text + text, span)
        else:
            line.append(Piece(x, width, text, span))
        x += width
    if line:
        line[-1] = replace(line[-1], text=line[-1].text + end)
    return line


def laid(spans: tuple[Span, ...], size: float, x: float, end: str) -> Line:
    """Return spans as one line that begins at `x`, whatever its width."""
    parts = [(s.text, s, fonts.width(s.text, s.font) * size * s.scale) for s in spans]
    return _line(parts, x, end)


COMMON = re.compile(r"(\W*)([a-zåäöéü]{7,})(\W*)")
"""A word that may be hyphenated: lower-case letters only, so no name, reference, abbreviation or number."""

FEWEST = 3
"""The fewest letters on either side of a hyphen."""


def _hyphenated(word: Word, size: float, available: float) -> tuple[Word, Word] | None:
    """Split a common word at the last hyphenation point that fits, if there is one."""
    if len(word) != 1 or word[0][1].href:
        return None
    text, span, _ = word[0]
    found = COMMON.fullmatch(text)
    if found is None:
        return None
    before, letters, after = found.groups()
    scale = size * span.scale
    for place in reversed(_points(letters)):
        first = f"{before}{letters[:place]}{SOFT_HYPHEN}"
        wide = fonts.width(first, span.font) * scale
        if wide <= available:
            rest = letters[place:] + after
            return [(first, span, wide)], [(rest, span, fonts.width(rest, span.font) * scale)]
    return None


def _cut(word: Word, size: float, available: float) -> tuple[Word, Word]:
    """Cut a word that is wider than a whole line: at a space, at a Swedish hyphenation point, or else anywhere."""
    head: Word = []
    for index, (text, span, width) in enumerate(word):
        if width <= available:
            head.append((text, span, width))
            available -= width
            continue
        scale = size * span.scale
        first, rest = _part(text, span.font, available / scale)
        if not first and not head:
            first, rest = text[:1], text[1:]
        if first:
            head.append((first, span, fonts.width(first, span.font) * scale))
        tail: Word = [(rest, span, fonts.width(rest, span.font) * scale)] if rest else []
        return head, tail + word[index + 1 :]
    return head, []


def _part(text: str, font: str, available: float) -> tuple[str, str]:
    count = 0
    while count < len(text) and fonts.width(text[: count + 1], font) <= available:
        count += 1
    if space := text.rfind(" ", 0, count) + 1:
        return text[:space], text[space:]
    if text.isalpha():
        fitting = (
            p
            for p in reversed(_points(text[: count + BEYOND]))
            if fonts.width(text[:p] + SOFT_HYPHEN, font) <= available
        )
        if place := next(fitting, 0):
            return text[:place] + SOFT_HYPHEN, text[place:]
    return text[:count], text[count:]


@cache
def _swedish() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="sv_SE", left=FEWEST, right=FEWEST)


def _points(letters: str) -> list[int]:
    """Return the positions where a word may be hyphenated without a change of spelling."""
    return [int(p) for p in _swedish().positions(letters) if not getattr(p, "data", None)]
