"""A search as its URL parameters express it: parse it, normalise it, describe it in words and run it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import select

from govern.archive.abbreviations import queries as abbreviations
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
"""Each facet's URL parameter and label."""

ORDERS: dict[str, tuple[Sort, str]] = {"bast": ("best", "Bäst träff först"), "nyast": ("newest", "Nyast först")}

DAYS = {"fran": "Från", "till": "Till"}
MOST_PAIRS = 60
BATCH = 200

Pairs = Sequence[Sequence[str]]
"""URL parameters as pairs of name and value, in their order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A parsed search: the words and their query, the facet filters, the sort order and the range of days."""

    words: str
    typed: Query
    filters: dict[Facet, list[str]]
    order: str
    first: date | None
    last: date | None

    @property
    def query(self) -> Query:
        """The query, limited to the range of days."""
        return self.dated(self.typed)

    def dated(self, query: Query) -> Query:
        """Limit another query, such as a corrected one, to the same days."""
        return finding.within(query, self.first, self.last)

    @property
    def empty(self) -> bool:
        """Whether the search has no conditions."""
        return self.query.empty and not self.filters

    @property
    def sort(self) -> Sort:
        """The sort order; without words no document ranks above another, so the newest come first."""
        return "newest" if self.typed.empty else ORDERS[self.order][0]


def query_of(words: str) -> Query:
    """Parse what was typed, with the installation's own abbreviations."""
    return replace(parse(words), abbreviations=abbreviations.own())


def read(pairs: Iterable[Sequence[str]]) -> Asked:
    """Parse a search from URL parameters; unknown names and values are ignored."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    words = given.get("q", [""])[0].strip()
    order = given.get("ordning", ["bast"])[0]
    first, last = (days.read(given.get(name, [""])[0]) for name in DAYS)
    return Asked(
        words=words,
        typed=query_of(words),
        filters=filters_of(given),
        order=order if order in ORDERS else "bast",
        first=first[0] if first else None,
        last=last[1] if last else None,
    )


def filters_of(given: Mapping[str, Sequence[str]]) -> dict[Facet, list[str]]:
    """Return the facet filters among the parameters."""
    asked = {facet: given.get(name, []) for facet, (name, _) in NAMES.items()}
    known = {facet: list(finding.names_of(facet, values)) for facet, values in asked.items() if values}
    return {facet: values for facet, values in known.items() if values}


def kept(pairs: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return the parameters that define the search, without the page number and anything else."""
    names = {"q", "ordning", *DAYS, *(name for name, _ in NAMES.values())}
    found = [[name, value.strip()[:LONGEST]] for name, value in pairs if name in names and value.strip()]
    return found[:MOST_PAIRS]


def address(pairs: Iterable[Sequence[str]]) -> str:
    """Return the parameters as a URL query string."""
    return urlencode([(name, value) for name, value in pairs])


def in_words(pairs: Iterable[Sequence[str]]) -> str:
    """Describe a search in words: `”växel” · Forum: Styrgruppen`."""
    pairs = list(pairs)
    asked = read(pairs)
    parts = [f"”{asked.words}”"] if asked.words else []
    parts += [f"{DAYS[name]}: {value}" for name, value in pairs if name in DAYS and value]
    for facet, values in asked.filters.items():
        parts.append(f"{NAMES[facet][1]}: {', '.join(finding.names_of(facet, values).values())}")
    return " · ".join(parts) or "Alla paragrafer"


# --- All hits ------------------------------------------------------------------------------------------------


def every(asked: Asked, terms: Collection[str], *, most: int, filters: Filters | None = None) -> Iterator[int]:
    """Yield the ids of up to `most` matching paragraphs in order, each once.

    Raises:
        SearchUnavailable: if the index cannot be read.
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
    """Limit access terms to sealed and open paragraphs, the only ones that are sent by email or as a feed."""
    if EVERYTHING in terms:
        return {f"collaboration:{id_}" for id_ in db.session.scalars(select(Collaboration.id))}
    return {term for term in terms if term.startswith("collaboration:")}
