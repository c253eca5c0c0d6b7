"""Find a query's words in a text and choose the fragments to show.

Uses the database's text, never the index.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from govern.search.plan import plan
from govern.search.query import Query
from govern.search.steps import Beginning, Close, Sequence, Terms, wanted
from govern.search.terms import SWEDISH, Analysis
from govern.search.tokens import Token, clean, fold, words

Span = tuple[int, int]
_BLANK = re.compile(r"\s")
_VOWEL = re.compile("[aeiouy]")
_FLAT = tuple(zip("åäöéèüáàóíúñ", "aaoeeuaaoiun", strict=True))
Goal = Terms | Sequence | Close | Beginning


class Place(NamedTuple):
    """The location of a word: `position` is counted in words, `start` and `end` in characters."""

    position: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text with the spans to mark in it, counted in characters of `text`.

    `start` is the piece's offset in the cleaned text; `cut_before` and `cut_after` are whether text was cut off there.
    """

    text: str
    spans: tuple[Span, ...]
    start: int = 0
    cut_before: bool = False
    cut_after: bool = False


def spans(text: str, query: Query, analysis: Analysis = SWEDISH) -> list[Span]:
    """Return the spans of `clean(text)` that match the query, in order and not touching each other."""
    return _spans(clean(text), _wanted(query, analysis))


def _spans(text: str, wanted: _Wanted) -> list[Span]:
    here: set[Span] = set()
    seen: dict[Span, tuple[str, ...]] = {}
    for start, end, word in wanted.candidates(text):
        for token_start, token_end, terms in wanted.of(start, end, word):
            span = token_start, token_end
            seen[span] = (*seen.get(span, ()), *terms)
            if not wanted.alone.isdisjoint(terms) or any(term.startswith(wanted.starts) for term in terms):
                here.add(span)
    there = {term for terms in seen.values() for term in terms}
    # Positions are counted only if the text has all terms of a sequence or proximity goal.
    if goals := [goal for goal in wanted.beside if _possible(goal, there)]:
        places = _places(text, seen)
        for goal in goals:
            here.update(_close(goal, places) if isinstance(goal, Close) else _in_order(goal, places))
    return _merged(here)


def _places(text: str, seen: dict[Span, tuple[str, ...]]) -> dict[str, list[Place]]:
    """Return the places of each matched term, with positions counted as `tokenise` counts them."""
    places: defaultdict[str, list[Place]] = defaultdict(list)
    position, last = 0, max(seen)[0]
    for start, end, word in words(text):
        if start > last:
            break
        if isinstance(word, str):
            for term in seen.get((start, end), ()):
                places[term].append(Place(position, start, end))
            position += 1
            continue
        for token in word:
            for term in seen.get((token.start, token.end), ()):
                places[term].append(Place(position + token.position, token.start, token.end))
        position += 1 + max((token.position for token in word), default=-1)
    return places


def _possible(goal: Sequence | Close, there: set[str]) -> bool:
    if isinstance(goal, Close):
        return goal.first in there and goal.second in there
    return all(not there.isdisjoint(slot) for slot in _slots(goal))


def highlight(
    text: str, query: Query, *, width: int = 240, limit: int = 2, analysis: Analysis = SWEDISH
) -> list[Fragment]:
    """Return up to `limit` fragments of about `width` characters, in the order of the text.

    Fragments with the most distinct words are chosen first. Return an empty list if none of the query's words are in
    the text.
    """
    text = clean(text)
    marked = _spans(text, _wanted(query, analysis))
    fragments: list[Fragment] = []
    while marked and len(fragments) < limit:
        group = max((_reach(marked, at, width) for at in range(len(marked))), key=lambda group: _worth(text, group))
        fragment = _cut(text, group, width)
        fragments.append(fragment)
        end = fragment.start + len(fragment.text)
        marked = [span for span in marked if span[0] >= end or span[1] <= fragment.start]
    return sorted(fragments, key=lambda fragment: fragment.start)


class _Wanted:
    """The terms that a query looks for, with a cache of the words already compared: most words of a text recur."""

    def __init__(self, goals: tuple[Goal, ...], analysis: Analysis) -> None:
        self.beside = tuple(goal for goal in goals if isinstance(goal, Sequence | Close))
        self.starts = tuple(goal.term for goal in goals if isinstance(goal, Beginning))
        self.alone = frozenset(term for goal in goals if isinstance(goal, Terms) for term in _terms(goal))
        self._analysis = analysis
        self._terms = frozenset(term for goal in goals for term in _terms(goal))
        self._known: dict[str, tuple[str, ...]] = {}

    def candidates(self, text: str) -> Iterator[tuple[int, int, str | list[Token]]]:
        """Yield the words that may match: all of them, or only those containing the first letters of a wanted term."""
        flat = _flat(text)
        if self._parts is None or len(flat) != len(text):
            yield from words(text)
            return
        end = 0
        while match := self._parts.search(flat, end):
            first = max(flat.rfind(" ", end, match.start()), flat.rfind("\n", end, match.start()), end - 1) + 1
            blank = _BLANK.search(flat, match.end())
            end = blank.start() if blank else len(flat)
            for start, stop, word in words(text[first:end]):
                yield first + start, first + stop, word if isinstance(word, str) else _moved(word, first)

    @cached_property
    def _parts(self) -> re.Pattern[str] | None:
        """A pattern that text between blanks must match to be a candidate; None if numbers or signs are looked for.

        A form of a word begins as its stem does, apart from vowel changes (stad, städer; vinna, vann), and so does a
        part of a compound.
        """
        wanted = {part for term in (*self._terms, *self.starts) for part in term.partition(":")[2].split("+")}
        if not all(part.isalpha() for part in wanted):
            return None
        starts = {_VOWEL.sub(_VOWEL.pattern, re.escape(_flat(part[:3]))) for part in wanted}
        return re.compile("|".join(sorted(starts))) if starts else None

    def _look_up(self, word: str) -> tuple[str, ...]:
        terms = self._analysis.word_terms(fold(word))
        nothing = not self.starts and self._terms.isdisjoint(terms)
        found = self._known[word] = () if nothing else self._kept(terms)
        return found

    def of(self, start: int, end: int, word: str | list[Token]) -> Iterable[tuple[int, int, tuple[str, ...]]]:
        """Return the matching terms of a word of the text, or of each of its tokens, with their offsets."""
        if not isinstance(word, str):
            return ((token.start, token.end, terms) for token in word if (terms := self.among(token)))
        found = self._known.get(word)
        if found is None:
            found = self._look_up(word)
        return ((start, end, found),) if found else ()

    def among(self, token: Token) -> tuple[str, ...]:
        """Return the token's terms that the query looks for."""
        if token.kind not in ("word", "part"):
            return self._kept(self._analysis.token_terms(token))
        found = self._known.get(token.text)
        if found is None:
            found = self._known[token.text] = self._kept(self._analysis.word_terms(token.text))
        return found

    def _kept(self, terms: Iterable[str]) -> tuple[str, ...]:
        return tuple(term for term in terms if term in self._terms or term.startswith(self.starts))


def _flat(text: str) -> str:
    """Return the text in lower case without accents; normally one letter for each, so that offsets are preserved."""
    text = text.lower()
    if not text.isascii():
        for letter, plain in _FLAT:
            text = text.replace(letter, plain)
    return text


def _moved(tokens: list[Token], by: int) -> list[Token]:
    return [token._replace(start=token.start + by, end=token.end + by) for token in tokens]


def _terms(goal: Goal) -> Iterator[str]:
    """Yield the running-text terms that a goal looks for; names are matched as ordinary words."""
    match goal:
        case Terms(terms):
            yield from (f"w:{term[2:]}" if term[:2] == "p:" else term for term, _ in terms)
        case Close(first, second):
            yield from (first, second)
        case Sequence():
            yield from (term for slot in _slots(goal) for term in slot)
        case Beginning():
            return


@lru_cache(maxsize=64)
def _wanted(query: Query, analysis: Analysis) -> _Wanted:
    return _Wanted(tuple(wanted(plan(query, analysis))), analysis)


def _slots(goal: Sequence) -> Iterator[tuple[str, ...]]:
    """Yield the terms that fit each slot; a name is matched in running text as an ordinary word."""
    return (tuple(term.replace("p:", "w:", 1) for term in slot) for slot in goal.slots)


def _close(goal: Close, places: Mapping[str, list[Place]]) -> Iterator[Span]:
    first, second = set(places[goal.first]), set(places[goal.second])
    others: defaultdict[int, list[Place]] = defaultdict(list)
    # A compound contains both terms; one of them alone next to it is not a match.
    for place in second - first:
        others[place.position].append(place)
    for place in first - second:
        for distance in range(1, goal.within + 1):
            for other in (*others.get(place.position - distance, ()), *others.get(place.position + distance, ())):
                yield place.start, place.end
                yield other.start, other.end


def _in_order(goal: Sequence, places: Mapping[str, list[Place]]) -> Iterator[Span]:
    at_slot = [{place.position: place for term in slot for place in places.get(term, ())} for slot in _slots(goal)]
    for position, first in at_slot[0].items():
        if all(position + number in there for number, there in enumerate(at_slot)):
            yield first.start, at_slot[-1][position + len(at_slot) - 1].end


def _merged(found: set[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _reach(marked: list[Span], at: int, width: int) -> list[Span]:
    """Return the spans from index `at` on that fit in one fragment; the first is always included."""
    group = [marked[at]]
    for span in marked[at + 1 :]:
        if span[1] - marked[at][0] > width * 2 // 3:
            break
        group.append(span)
    return group


def _worth(text: str, group: list[Span]) -> tuple[int, int]:
    return len({text[start:end].lower()[:6] for start, end in group}), len(group)


def _cut(text: str, group: list[Span], width: int) -> Fragment:
    """Return the text around a group of spans, cut between words or, if one is close, at the start of a sentence."""
    first, last = group[0][0], group[-1][1]
    room = max(width - (last - first), 0)
    start = max(0, first - room // 3)
    if start:
        sentence = max(text.rfind(mark, start - 30 if start > 30 else 0, first) for mark in (". ", "\n", ": "))
        space = text.find(" ", start, first)
        start = sentence + 1 if sentence >= 0 else space + 1 if space >= 0 else first
    end = min(len(text), max(last, start + width))
    if end < len(text):
        space = text.rfind(" ", last, end)
        end = space if space >= 0 else last
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = max(last, start + len(piece.strip()))
    within = tuple((s - start, min(e, end) - start) for s, e in group)
    return Fragment(text[start:end], within, start, start > 0, end < len(text))
