"""A document as rows of PostgreSQL's index: its terms as `tsvector` literals, within what a `tsvector` can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from govern.search.model import Document
from govern.search.postgres.compiling import lexeme
from govern.search.terms import Analysis, document_facts

LAST_PLACE = 16_383  # What lies beyond, a tsvector counts as standing there.
OVERLAP = 40  # A phrase over the edge of two parts is whole in one of them.
MOST_PLACES = (256, 64, 16, 4, 1)  # Of one term; the first is PostgreSQL's own limit.
MOST_BYTES = 900_000  # Of a tsvector; PostgreSQL takes a little more.
LONGEST = 2000  # Bytes of a lexeme.
WEIGHTS = {"n": "A", "h": "B", "d": "B", "b": "C", "w": ""}
"""How much a term of a namespace tells: the own number most, the word as it stands least (D, which is not written)."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a document. Of a long one, parts after the first hold the places of what stands further in."""

    key: str
    day: date
    marks: tuple[str, ...]
    words: frozenset[str]
    vectors: tuple[str, ...]


def row(document: Document, analysis: Analysis) -> Row:
    """Analyse a document."""
    terms = {term: places for term, places in analysis.document_terms(document).items() if _fits(term)}
    facts = [fact for fact in document_facts(document, analysis) if _fits(fact)]
    return Row(
        key=document.key,
        day=document.date,
        marks=tuple(dict.fromkeys(f"{mark.facet}:{mark.value}" for mark in document.counted)),
        words=frozenset(term[2:] for term in terms if term.startswith("w:") and term[2:].isalpha()),
        vectors=tuple(vectors(terms, facts)),
    )


def _fits(term: str) -> bool:
    return len(term) * 4 <= LONGEST or len(term.encode()) <= LONGEST


def vectors(terms: Mapping[str, list[int]], facts: list[str]) -> Iterator[str]:
    """Write the literals: the first knows every term, and all but the first know places further and further in."""
    last = max((places[-1] for places in terms.values()), default=0)
    step = LAST_PLACE - OVERLAP
    for first in range(0, max(last, 1), step):
        yield _literal(terms, facts, first)


def _literal(terms: Mapping[str, list[int]], facts: list[str], first: int) -> str:
    for most in MOST_PLACES:
        written, size = [lexeme(fact) for fact in facts], 0
        for term, places in terms.items():
            # Places count from one; a term without any here is still known to be in the document.
            here = [place - first + 1 for place in places if 0 <= place - first < LAST_PLACE][:most]
            size += len(term.encode()) + 8 + 2 * len(here)
            weight = WEIGHTS.get(term[0], "")
            written.append(lexeme(term) + (":" + ",".join(f"{place}{weight}" for place in here) if here else ""))
        if size <= MOST_BYTES:
            return " ".join(written)
    # A file with more different words than PostgreSQL can hold: its first are found.
    kept, size = len(facts), 0
    for text in written[kept:]:
        size += len(text.encode()) + 8
        if size > MOST_BYTES:
            break
        kept += 1
    return " ".join(written[:kept])
