"""A question as its address says it: read into a query and its filters, kept, put into words, and asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import select

from govern.archive.searching import engines, finding
from govern.archive.searching.finding import Filters
from govern.archive.searching.passages import id_of
from govern.db import db
from govern.forums.readers import EVERYTHING
from govern.parties.models import Collaboration
from govern.search import Facet, Query, Sort, days, parse
from govern.search.query import LONGEST

NAMES: dict[Facet, tuple[str, str]] = {
    "forum": ("forum", "Forum"),
    "year": ("ar", "År"),
    "kind": ("typ", "Kod"),
    "outcome": ("utfall", "Utfall"),
    "duty": ("uppdrag", "Uppdrag"),
    "state": ("status", "Läge"),
    "person": ("person", "Person"),
    "party": ("parti", "Parti"),
}
"""What each facet is called in the address and on the screen."""

ORDERS: dict[str, tuple[Sort, str]] = {"bast": ("best", "Bäst träff först"), "nyast": ("newest", "Nyast först")}

DAYS = {"fran": "Från", "till": "Till"}
MOST_PAIRS = 60
BATCH = 200

Pairs = Sequence[Sequence[str]]
"""The address's names and values, in its order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the words and what they say, the days and facets that narrow it, and the order of the answer."""

    words: str
    typed: Query
    filters: dict[Facet, list[str]]
    order: str
    first: date | None
    last: date | None

    @property
    def query(self) -> Query:
        """The words, within the days."""
        return self.dated(self.typed)

    def dated(self, query: Query) -> Query:
        """Narrow another query, say one that was meant, to the same days."""
        return finding.within(query, self.first, self.last)

    @property
    def empty(self) -> bool:
        """Return whether nothing was asked."""
        return self.query.empty and not self.filters

    @property
    def sort(self) -> Sort:
        """The order of the answer; where no words are asked for, none fits better than another."""
        return "newest" if self.typed.empty else ORDERS[self.order][0]


def read(pairs: Iterable[Sequence[str]]) -> Asked:
    """Read a question from the address's pairs; what is none of its names or values is as if it were not there."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    words = given.get("q", [""])[0].strip()
    order = given.get("ordning", ["bast"])[0]
    first, last = (days.read(given.get(name, [""])[0]) for name in DAYS)
    return Asked(
        words=words,
        typed=parse(words),
        filters=filters_of(given),
        order=order if order in ORDERS else "bast",
        first=first[0] if first else None,
        last=last[1] if last else None,
    )


def filters_of(given: Mapping[str, Sequence[str]]) -> dict[Facet, list[str]]:
    """Read what narrows a question."""
    asked = {facet: given.get(name, []) for facet, (name, _) in NAMES.items()}
    known = {facet: list(finding.names_of(facet, values)) for facet, values in asked.items() if values}
    return {facet: values for facet, values in known.items() if values}


def kept(pairs: Iterable[Sequence[str]]) -> list[list[str]]:
    """Keep what belongs to the question: not which page was shown, nor anything else that stood in the address."""
    names = {"q", "ordning", *DAYS, *(name for name, _ in NAMES.values())}
    found = [[name, value.strip()[:LONGEST]] for name, value in pairs if name in names and value.strip()]
    return found[:MOST_PAIRS]


def address(pairs: Iterable[Sequence[str]]) -> str:
    """Return the question as the part of an address after its question mark."""
    return urlencode([(name, value) for name, value in pairs])


def in_words(pairs: Iterable[Sequence[str]]) -> str:
    """Return a question for a person: `”växel” · Forum: Styrgruppen`."""
    pairs = list(pairs)
    asked = read(pairs)
    told = [f"”{asked.words}”"] if asked.words else []
    told += [f"{DAYS[name]}: {value}" for name, value in pairs if name in DAYS and value]
    for facet, values in asked.filters.items():
        told.append(f"{NAMES[facet][1]}: {', '.join(finding.names_of(facet, values).values())}")
    return " · ".join(told) or "Alla paragrafer"


# --- Asked for every hit -------------------------------------------------------------------------------------


def every(asked: Asked, terms: Collection[str], *, most: int, filters: Filters | None = None) -> Iterator[int]:
    """Ask for the ids of up to `most` paragraphs that fit, in order, each once.

    Raises:
        SearchUnavailable: when the index cannot be read now.
    """
    seen: set[int] = set()
    for offset in range(0, most, BATCH):
        results = engines.engine().search(
            asked.query, terms, limit=BATCH, offset=offset, sort=asked.sort, filters=filters or asked.filters
        )
        for hit in results.hits:
            if (paragraph_id := id_of(hit.key)) not in seen and len(seen) < most:
                seen.add(paragraph_id)
                yield paragraph_id
        if len(results.hits) < BATCH:
            return


def open_terms(terms: Collection[str]) -> set[str]:
    """Narrow access terms to what is sealed and open: that is all that leaves the house, by mail or as a feed."""
    if EVERYTHING in terms:
        return {f"collaboration:{id_}" for id_ in db.session.scalars(select(Collaboration.id))}
    return {term for term in terms if term.startswith("collaboration:")}
