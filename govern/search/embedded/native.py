"""Evaluate a query with Whoosh's own matchers, document by document: the reference that `vectors` is tested against."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest

from whoosh.searching import SearchContext, Searcher

from govern.search.embedded.fields import DAY, FACTS, KEY
from govern.search.embedded.queries import compiled
from govern.search.model import FACETS, Facet, Hit, Sort
from govern.search.steps import Step

Answer = tuple[tuple[Hit, ...], int, dict[Facet, dict[str, int]]]


def answer(searcher: Searcher, step: Step, *, limit: int, offset: int, sort: Sort) -> Answer:
    """Return one page of hits, the total number and the facet counts of all hits."""
    query = compiled(step)
    facets: dict[Facet, Counter[str]] = {name: Counter() for name in FACETS}
    found: list[tuple[float, int, int]] = []
    for leaf, base in searcher.leaf_searchers():
        reader = leaf.reader()
        if not reader.doc_count_all():
            continue
        days = reader.column_reader(DAY, translate=False)
        first = len(found)
        matcher = query.matcher(leaf, SearchContext(weighting=searcher.weighting))
        while matcher.is_active():
            number = matcher.id()
            found.append((matcher.score(), days[number], base + number))
            matcher.next()
        here = {number - base for _, _, number in found[first:]}
        for name, counter in facets.items():
            for fact in reader.expand_prefix(FACTS, f"@{name}:"):
                value = fact.decode().partition(":")[2]
                counter[value] += sum(number in here for number in reader.postings(FACTS, fact).all_ids())
    by_day = [(day, score, number) for score, day, number in found]
    best = nlargest(offset + limit, found if sort == "best" else by_day)[offset:]
    reader = searcher.reader()
    hits = tuple(
        Hit(reader.stored_fields(number)[KEY], first if sort == "best" else second) for first, second, number in best
    )
    return hits, len(found), {name: ordered(counter) for name, counter in facets.items()}


def ordered(counter: Counter[str]) -> dict[str, int]:
    """Return the non-zero counts, greatest first."""
    return {value: count for value, count in sorted(counter.items(), key=lambda item: (-item[1], item[0])) if count}
