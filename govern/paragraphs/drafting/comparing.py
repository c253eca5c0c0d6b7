"""A word-by-word comparison of two drafts, by heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal

from govern import richtext
from govern.markup import from_html
from govern.paragraphs.drafting.draft import AlternativeDraft, Draft, Field, Html, Presence, fields_of
from govern.swedish import long_date

Change = Literal["same", "ins", "del"]
# Words, white space and punctuation are separate tokens, so that adding a comma does not change the word beside it.
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both versions (same), only in the later (ins) or only in the earlier (del)."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """The comparison of the text under one heading."""

    heading: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the two versions differ here."""
        return any(piece.change != "same" for piece in self.pieces)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts word by word; return the unchanged, deleted and inserted pieces in reading order."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[Piece] = []
    for i1, i2, j1, j2 in _edits(old, new):
        removed, added = "".join(old[i1:i2]), "".join(new[j1:j2])
        if removed == added:
            pieces.append(Piece("same", added))
        else:
            pieces += [Piece("del", removed)] if removed else []
            pieces += [Piece("ins", added)] if added else []
    return tuple(pieces)


def _edits(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return the matching and differing ranges; a lone space between two changed words counts as changed."""
    joined: list[tuple[bool, int, int, int, int]] = []
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        lone_space = old[i1:i2] == [" "] and i2 < len(old) and bool(joined) and not joined[-1][0]
        same = tag == "equal" and not lone_space
        if joined and not same and not joined[-1][0]:
            _, first, _, begun, _ = joined.pop()
            joined.append((False, first, i2, begun, j2))
        else:
            joined.append((same, i1, i2, j1, j2))
    return [edit[1:] for edit in joined]


def compare(before: Draft, after: Draft, names: Mapping[int, str]) -> list[Part]:
    """Compare two drafts by heading, without the headings whose text is empty in both.

    `names` holds the names of the meeting's presences, by id.
    """
    old, new = parts_of(before, names), parts_of(after, names)
    headings = [heading for heading, _ in new]
    for place, (heading, _) in enumerate(old):
        if heading not in headings:
            headings.insert(min(place, len(headings)), heading)
    earlier, later = dict(old), dict(new)
    pairs = [(heading, earlier.get(heading, ""), later.get(heading, "")) for heading in headings]
    return [Part(heading, words(one, other)) for heading, one, other in pairs if one or other]


def parts_of(draft: Draft, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return a draft as pairs of heading and readable text, in the order of the page."""
    parts = []
    for one in fields_of(Draft):
        heading, value = one.display["label"], getattr(draft, one.name)
        if one.item:
            texts = ("\n".join(_lines(item, names)) for item in value)
            parts += [(heading if place == 1 else f"{heading} {place}", text) for place, text in enumerate(texts, 1)]
        else:
            parts.append((heading, _words(one, value, names)))
    return parts


def _lines(item: Any, names: Mapping[int, str]) -> Iterator[str]:
    """Yield an item of a draft as lines of text, without empty fields."""
    for one in fields_of(item.__class__):
        line, value = one.display["label"], getattr(item, one.name)
        if line is None or value in (None, "", ()) or (value is False and not one.words):
            continue
        if one.kind is AlternativeDraft:
            yield from _alternatives(value, ())
        elif one.item:
            for part in value:
                yield from _lines(part, names)
        elif one.display["per_line"]:
            yield from (line.format(part) for part in value)
        elif words := _words(one, value, names):
            yield line.format(words, **_named(item, line, names))


def _named(item: Any, line: str, names: Mapping[int, str]) -> dict[str, str]:
    """Return the text of the other fields that a line's format string names."""
    named = [one for one in fields_of(item.__class__) if f"{{{one.name}}}" in line]
    return {one.name: _words(one, getattr(item, one.name), names) for one in named}


def _words(one: Field, value: Any, names: Mapping[int, str]) -> str:
    if one.many:
        return ", ".join(_words(replace(one, many=False), part, names) for part in value)
    if value is None:
        return ""
    if one.kind == Presence:
        return names.get(value, "någon som inte längre finns i närvarolistan")
    if one.kind == Html:
        return richtext.text_of(from_html(value))
    return long_date(value) if one.kind is date else one.words.get(value, str(value))


def _alternatives(alternatives: Iterable[AlternativeDraft], above: tuple[str, ...]) -> Iterator[str]:
    for number, alternative in enumerate(alternatives, 1):
        label = (*above, (str, richtext.letter_of, richtext.roman_of)[len(above) % 3](number))
        yield f"{' '.join(label)} {alternative.text}"
        yield from _alternatives(alternative.alternatives, label)
