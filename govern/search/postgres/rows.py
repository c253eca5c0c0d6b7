"""A document as rows of PostgreSQL's index: its terms as `tsvector` literals, within the limits of a `tsvector`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from govern.search.model import Document
from govern.search.postgres.compiling import lexeme
from govern.search.terms import Analysis, document_facts

LAST_PLACE = 16_383  # A tsvector gives anything beyond this position.
OVERLAP = 40  # A phrase across the boundary between two parts is whole in one of them.
MOST_PLACES = (256, 64, 16, 4, 1)  # Per term, tried in this order; the first is PostgreSQL's own limit.
MOST_BYTES = 900_000  # Per tsvector; PostgreSQL's limit is a little higher.
LONGEST = 2000  # Bytes per lexeme.
WEIGHTS = {"n": "A", "h": "B", "d": "B", "b": "C", "w": ""}
"""The `tsvector` weight of each namespace, from the paragraph's own number (A) to the word as written (D, the default,
which is not written).
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is stored.

    A long document has several `vectors`, one for each part; later parts hold the positions further into the document.
    """

    key: str
    day: date
    marks: tuple[str, ...]
    words: frozenset[str]
    vectors: tuple[str, ...]


def row(document: Document, analysis: Analysis) -> Row:
    """Analyse a document and return its row."""
    terms = analysis.document_terms(document)
    if 4 * max(map(len, terms), default=0) > LONGEST:
        terms = {term: places for term, places in terms.items() if _fits(term)}
    facts = [fact for fact in document_facts(document, analysis) if _fits(fact)]
    return Row(
        key=document.key,
        day=document.date,
        marks=tuple(dict.fromkeys(f"{mark.facet}:{mark.value}" for mark in document.counted)),
        words=frozenset([word for term in terms if term[0] == "w" and (word := term[2:]).isalpha()]),
        vectors=tuple(vectors(terms, facts)),
    )


def _fits(term: str) -> bool:
    return len(term) * 4 <= LONGEST or len(term.encode()) <= LONGEST


def vectors(terms: Mapping[str, list[int]], facts: list[str]) -> Iterator[str]:
    """Yield a literal for each part: all have every term and fact, but only the positions that fall in the part."""
    last = max((places[-1] for places in terms.values()), default=0)
    step = LAST_PLACE - OVERLAP
    for first in range(0, max(last, 1), step):
        yield _literal(terms, facts, first)


def _literal(terms: Mapping[str, list[int]], facts: list[str], first: int) -> str:
    for most in MOST_PLACES:
        written = [lexeme(fact) for fact in facts]
        written += _postings(terms, first, most)
        literal = " ".join(written)
        # A character takes at most four bytes; few documents come near the limit.
        if len(literal) * 4 <= MOST_BYTES or _size(terms, first, most) <= MOST_BYTES:
            return literal
    # A file with more distinct words than a tsvector can hold: only the first are indexed.
    kept, size = len(facts), 0
    for text in written[kept:]:
        size += len(text.encode()) + 8
        if size > MOST_BYTES:
            break
        kept += 1
    return " ".join(written[:kept])


def _postings(terms: Mapping[str, list[int]], first: int, most: int) -> Iterator[str]:
    """Yield each term with its positions in the part, counted from one, or alone if it has none there."""
    for term, places in terms.items():
        weight = WEIGHTS.get(term[0], "")
        if len(places) == 1 and 0 <= (place := places[0] - first) < LAST_PLACE:
            yield f"{lexeme(term)}:{place + 1}{weight}"
        elif here := _here(places, first)[:most]:
            yield f"{lexeme(term)}:{','.join([f'{place - first + 1}{weight}' for place in here])}"
        else:
            yield lexeme(term)


def _here(places: list[int], first: int) -> list[int]:
    """Return the positions that fall in the part beginning at `first`."""
    if not first and places[-1] < LAST_PLACE:
        return places
    return [place for place in places if 0 <= place - first < LAST_PLACE]


def _size(terms: Mapping[str, list[int]], first: int, most: int) -> int:
    return sum(len(term.encode()) + 8 + 2 * len(_here(places, first)[:most]) for term, places in terms.items())
