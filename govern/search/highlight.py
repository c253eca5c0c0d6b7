"""Where in a text a query's words stand, and the fragments to show: from the database's text, never the index."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from govern.search.plan import Beginning, Close, Sequence, Terms, plan, wanted
from govern.search.query import Query
from govern.search.terms import SWEDISH, Analysis
from govern.search.tokens import Token, clean, fold, tokenise, words

Span = tuple[int, int]
_BLANK = re.compile(r"\s")
_FLAT = tuple(zip("åäöéèüáàóíúñ", "aaoeeuaaoiun", strict=True))
Goal = Terms | Sequence | Close | Beginning


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text with the places to mark in it, counted in characters of `text`.

    `start` is where the piece begins in the cleaned text; `cut_before` and `cut_after` say whether there is more.
    """

    text: str
    spans: tuple[Span, ...]
    start: int = 0
    cut_before: bool = False
    cut_after: bool = False


def spans(text: str, query: Query, analysis: Analysis = SWEDISH) -> list[Span]:
    """Return the places of `clean(text)` that the query looks for, in order, none touching another."""
    wanted, text = _wanted(query, analysis), clean(text)
    here: set[Span] = set()
    seen: set[str] = set()
    for start, end, word in wanted.candidates(text):
        for token_start, token_end, terms in wanted.of(start, end, word):
            seen.update(terms)
            if not wanted.alone.isdisjoint(terms) or any(term.startswith(wanted.starts) for term in terms):
                here.add((token_start, token_end))
    if not any(_possible(goal, seen) for goal in wanted.goals):
        return _merged(here)
    # Words that must stand beside each other are looked for only where all of them are.
    places: defaultdict[str, list[Token]] = defaultdict(list)
    for token in tokenise(text):
        for term in wanted.among(token):
            places[term].append(token)
    for goal in wanted.goals:
        here.update(_found(goal, places))
    return _merged(here)


def _possible(goal: Goal, seen: set[str]) -> bool:
    match goal:
        case Close(first, second):
            return first in seen and second in seen
        case Sequence(slots):
            return all(any(term.replace("p:", "w:", 1) in seen for term in slot) for slot in slots)
    return False


def highlight(
    text: str, query: Query, *, width: int = 240, limit: int = 2, analysis: Analysis = SWEDISH
) -> list[Fragment]:
    """Return up to `limit` fragments of about `width` characters, those with the most different words first found.

    Return nothing where the query's words do not stand in the text.
    """
    text = clean(text)
    marked = spans(text, query, analysis)
    fragments: list[Fragment] = []
    while marked and len(fragments) < limit:
        group = max((_reach(marked, at, width) for at in range(len(marked))), key=lambda group: _worth(text, group))
        fragment = _cut(text, group, width)
        fragments.append(fragment)
        end = fragment.start + len(fragment.text)
        marked = [span for span in marked if span[0] >= end or span[1] <= fragment.start]
    return sorted(fragments, key=lambda fragment: fragment.start)


class _Wanted:
    """What a query looks for, and which words it has been found in: most words of a text come again."""

    def __init__(self, goals: tuple[Goal, ...], analysis: Analysis) -> None:
        self.goals = goals
        self.starts = tuple(goal.term for goal in goals if isinstance(goal, Beginning))
        self.alone = frozenset(term for goal in goals if isinstance(goal, Terms) for term in _terms(goal))
        self._analysis = analysis
        self._terms = frozenset(term for goal in goals for term in _terms(goal))
        self._known: dict[str, tuple[str, ...]] = {}

    def candidates(self, text: str) -> Iterator[tuple[int, int, str | list[Token]]]:
        """Yield the words of a text that may have something of it: all, or those with a wanted part's beginning."""
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
        """What a piece of text between blanks must hold; None where numbers or signs are looked for.

        A form of a word begins as its stem does, a change of vowel aside (stad, städer), and so does a compound's part.
        """
        wanted = {part for term in (*self._terms, *self.starts) for part in term.partition(":")[2].split("+")}
        if not all(part.isalpha() for part in wanted):
            return None
        starts = {re.escape(_flat(part[:3])) for part in wanted}
        return re.compile("|".join(sorted(starts))) if starts else None

    def _look_up(self, word: str) -> tuple[str, ...]:
        terms = self._analysis.word_terms(fold(word))
        nothing = not self.starts and self._terms.isdisjoint(terms)
        found = self._known[word] = () if nothing else self._kept(terms)
        return found

    def of(self, start: int, end: int, word: str | list[Token]) -> Iterable[tuple[int, int, tuple[str, ...]]]:
        """Return what a word of the text, or its tokens, has of what the query looks for."""
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
    """Return the text without what may change between a word's forms; one letter for each, as a rule."""
    text = text.lower()
    if not text.isascii():
        for letter, plain in _FLAT:
            text = text.replace(letter, plain)
    return text


def _moved(tokens: list[Token], by: int) -> list[Token]:
    return [token._replace(start=token.start + by, end=token.end + by) for token in tokens]


def _terms(goal: Goal) -> Iterator[str]:
    """Yield the terms of running text that a goal looks for; names and headings stand there as any word."""
    match goal:
        case Terms(terms):
            yield from (f"w:{term[2:]}" if term[:2] == "p:" else term for term, _ in terms)
        case Close(first, second):
            yield from (first, second)
        case Sequence(slots):
            yield from (term.replace("p:", "w:", 1) for slot in slots for term in slot)
        case Beginning():
            return


@lru_cache(maxsize=64)
def _wanted(query: Query, analysis: Analysis) -> _Wanted:
    return _Wanted(tuple(wanted(plan(query, analysis))), analysis)


def _found(goal: Goal, places: dict[str, list[Token]]) -> set[Span]:
    match goal:
        case Terms(terms):
            # The own number and people stand beside the text; in it they look like any word.
            names = {
                f"w:{term[2:]}" if term[:2] == "p:" else term for term, _ in terms if term[:2] not in ("h:", "f:", "n:")
            }
            return {(token.start, token.end) for name in names for token in places.get(name, ())}
        case Close(first, second, within):
            pairs = [
                (one, other)
                for one in places.get(first, ())
                for other in places.get(second, ())
                # A compound holds both; beside it, one of them alone is nothing that was asked for.
                if 1 <= abs(one.position - other.position) <= within
                and one not in places[second]
                and other not in places[first]
            ]
            return {(token.start, token.end) for pair in pairs for token in pair}
        case Beginning(term):
            return {
                (token.start, token.end) for name, found in places.items() if name.startswith(term) for token in found
            }
        case Sequence(slots):
            slots = tuple(tuple(term.replace("p:", "w:", 1) for term in slot) for slot in slots)
            at_slot = [{token.position: token for term in slot for token in places.get(term, ())} for slot in slots]
            return {
                (at_slot[0][start].start, at_slot[-1][start + len(slots) - 1].end)
                for start in at_slot[0]
                if all(start + number in there for number, there in enumerate(at_slot))
            }


def _merged(found: set[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _reach(marked: list[Span], at: int, width: int) -> list[Span]:
    """Return the spans from `at` on that one fragment can show; the first always."""
    group = [marked[at]]
    for span in marked[at + 1 :]:
        if span[1] - marked[at][0] > width * 2 // 3:
            break
        group.append(span)
    return group


def _worth(text: str, group: list[Span]) -> tuple[int, int]:
    return len({text[start:end].lower()[:6] for start, end in group}), len(group)


def _cut(text: str, group: list[Span], width: int) -> Fragment:
    """Return the text around a group of spans, cut between words and, where one is near, at a sentence's beginning."""
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
