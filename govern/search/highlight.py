"""Where in a text a query's words stand, and the fragments to show: from the database's text, never the index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from govern.search.plan import Beginning, Close, Sequence, Terms, plan, wanted
from govern.search.query import Query
from govern.search.terms import SWEDISH, Analysis
from govern.search.tokens import Token, clean, tokenise

Span = tuple[int, int]


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
    places: defaultdict[str, list[Token]] = defaultdict(list)
    tokens = list(tokenise(clean(text)))
    for token in tokens:
        for term in analysis.token_terms(token):
            places[term].append(token)
    found: set[Span] = set()
    for goal in _goals(query, analysis):
        found.update(_found(goal, places))
    return _merged(found)


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


@lru_cache(maxsize=256)
def _goals(query: Query, analysis: Analysis) -> tuple[Terms | Sequence | Close | Beginning, ...]:
    return tuple(wanted(plan(query, analysis)))


def _found(goal: Terms | Sequence | Close | Beginning, places: dict[str, list[Token]]) -> set[Span]:
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
