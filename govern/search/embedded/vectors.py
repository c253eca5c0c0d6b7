"""Evaluate a query plan on whole numpy arrays, segment by segment.

Whoosh's own matchers run Python code for each matching document; here a step yields all its documents and BM25 scores
at once. Hits, totals and facets equal those of `native`, which the tests verify; scores differ where Whoosh adds scores
and this module takes the highest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

import numpy as np
from whoosh.searching import Searcher

from govern.search.embedded.fields import K1, KEY, POSITION_BITS, TERMS, B
from govern.search.embedded.native import Answer, ordered
from govern.search.embedded.postings import Cache, Mask, Numbers, Scores, Segment
from govern.search.model import FACETS, Facet, Hit, Sort
from govern.search.steps import All, Beginning, Between, Close, Either, Fact, Sequence, Step, Terms, Without

# If fewer than 1/_FEW of a segment's documents match, sorting the matches is faster than scanning all documents.
_FEW = 16
_NO_NUMBERS: Numbers = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Found:
    """The matching documents of a segment, ascending, and their scores."""

    documents: Numbers
    scores: Scores


class Collection:
    """All segments of one generation, with the totals that BM25 needs."""

    def __init__(self, searcher: Searcher, cache: Cache) -> None:
        leaves = [(leaf.reader(), base) for leaf, base in searcher.leaf_searchers()]
        self._searcher = searcher
        self.segments = [Segment(reader, base, cache) for reader, base in leaves if reader.doc_count_all()]
        self._size = sum(segment.size for segment in self.segments)
        self._average = searcher.avg_field_length(TERMS) or 1.0
        self._rarity: dict[str, float] = {}

    def answer(self, step: Step, *, limit: int, offset: int, sort: Sort) -> Answer:
        """Return one page of hits, the total number and the facet counts of all hits."""
        often: Counter[tuple[Facet, str]] = Counter()
        numbers, scores, days = [_NO_NUMBERS], [np.zeros(0, np.float32)], [_NO_NUMBERS]
        for segment in self.segments:
            found = _Evaluator(self, segment).step(step, segment.live)
            numbers.append(found.documents + segment.base)
            scores.append(found.scores)
            days.append(segment.days()[found.documents])
            marks = segment.marks()
            counted = marks.count(found.documents)
            present = np.flatnonzero(counted)
            for at, count in zip(present.tolist(), counted[present].tolist(), strict=True):
                often[marks.names[at]] += count
        every, score, day = np.concatenate(numbers), np.concatenate(scores), np.concatenate(days)
        best = _page((day, score) if sort == "newest" else (score, day), every, offset, offset + limit)
        stored = self._searcher.reader().stored_fields
        hits = tuple(Hit(stored(int(every[at]))[KEY], float(score[at])) for at in best)
        facets: dict[Facet, Counter[str]] = {name: Counter() for name in FACETS}
        for (facet, value), count in often.items():
            facets[facet][value] = count
        return hits, len(every), {facet: ordered(counter) for facet, counter in facets.items()}

    def beginning_words(self, start: str, most: int) -> list[str]:
        """Return the most frequent words with this prefix, regardless of who may read them."""
        often: Counter[str] = Counter()
        for segment in self.segments:
            often.update(segment.words_beginning(start))
        return [word for word, _ in often.most_common(most)]

    def often(self, words: list[str], readers: Iterable[str]) -> dict[str, int]:
        """Count, for each word, the documents with the word that the readers may read."""
        counts = np.zeros(len(words), np.int64)
        for segment in self.segments:
            mask = segment.live & np.logical_or.reduce([segment.having(f"a:{reader}") for reader in readers])
            having = [segment.postings(f"w:{word}").documents for word in words]
            owners = np.repeat(np.arange(len(words)), [len(documents) for documents in having])
            counts += np.bincount(owners[mask[np.concatenate([*having, _NO_NUMBERS])]], minlength=len(words))
        return dict(zip(words, counts.tolist(), strict=True))

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term over all segments, computed as Whoosh does."""
        if term not in self._rarity:
            having = sum(len(segment.postings(term).documents) for segment in self.segments)
            self._rarity[term] = log(self._size / (having + 1)) + 1
        return self._rarity[term]

    def term(self, segment: Segment, term: str, within: Mask) -> _Found:
        """Return the documents in `within` that have a term, with their BM25 scores."""
        postings = segment.postings(term)
        here = within[postings.documents]
        documents, often = postings.documents[here], postings.weights[here]
        dampened = often + K1 * ((1 - B) + B / self._average * segment.lengths()[documents])
        return _Found(documents, np.asarray(self.rarity(term) * (K1 + 1) * often / dampened, np.float32))


class _Evaluator:
    """Evaluate steps within a mask of a segment's documents.

    The mask is applied first, so that documents outside it affect nothing.
    """

    def __init__(self, collection: Collection, segment: Segment) -> None:
        self._collection = collection
        self._segment = segment
        self._size = segment.size

    def step(self, step: Step, within: Mask) -> _Found:  # noqa: PLR0911  One line for each form.
        match step:
            case Terms(terms):
                return self._union((self._term(term, boost, within) for term, boost in terms), best=True)
            case Sequence(slots, boost):
                return self._at(self._sequence(slots, within), [term for slot in slots for term in slot], boost, within)
            case Close(first, second, apart, boost):
                return self._at(self._close(first, second, apart, within), [first, second], boost, within)
            case Beginning(term):
                documents = self._segment.beginning(term)
                return _scored(documents[within[documents]], 1.0)
            case Fact() | Between():
                return _scored(np.flatnonzero(within & self._facts(step)), 0.0)
            case Without():
                return self._all((step,), within)
            case Either(steps):
                return self._union((self.step(inner, within) for inner in steps), best=False)
            case All(steps):
                return self._all(steps, within)

    def _term(self, term: str, boost: float, within: Mask) -> _Found:
        found = self._collection.term(self._segment, term, within)
        return _Found(found.documents, found.scores * np.float32(boost))

    def _facts(self, fact: Fact | Between) -> Mask:
        if isinstance(fact, Between):
            days = self._segment.days()
            between: Mask = (days >= fact.first.toordinal()) & (days <= fact.last.toordinal())
            return between
        first, *others = (self._segment.having(name) for name in fact.facts)
        return np.logical_or.reduce([first, *others]) if others else first

    def _all(self, steps: tuple[Step, ...], within: Mask) -> _Found:
        """Intersect steps, narrowed by the facts first and smallest first; exclusions are applied last."""
        for inner in steps:
            if isinstance(inner, Fact | Between):
                within = within & self._facts(inner)
        found: _Found | None = None
        positive = [self.step(inner, within) for inner in steps if not isinstance(inner, Without | Fact | Between)]
        for other in sorted(positive, key=lambda part: len(part.documents)):
            found = other if found is None else self._both(found, other)
        if found is None:
            found = _scored(np.flatnonzero(within), 0.0)
        for inner in steps:
            if isinstance(inner, Without) and len(found.documents):
                unwanted = np.zeros(self._size, np.bool_)
                unwanted[self.step(inner.step, within).documents] = True
                wanted = ~unwanted[found.documents]
                found = _Found(found.documents[wanted], found.scores[wanted])
        return found

    def _both(self, few: _Found, many: _Found) -> _Found:
        if not len(few.documents) or not len(many.documents):
            return _NOTHING
        at = np.searchsorted(many.documents, few.documents)
        at[at == len(many.documents)] = 0
        same = many.documents[at] == few.documents
        return _Found(few.documents[same], few.scores[same] + many.scores[at[same]])

    def _union(self, parts: Iterable[_Found], *, best: bool) -> _Found:
        """Merge parts; a document in several gets the best of its scores or their sum."""
        kept = [part for part in parts if len(part.documents)]
        if len(kept) < 2:
            return kept[0] if kept else _NOTHING
        if sum(len(part.documents) for part in kept) * _FEW < self._size:
            documents = np.unique(np.concatenate([part.documents for part in kept]))
            scores = np.zeros(len(documents), np.float32)
            places = [np.searchsorted(documents, part.documents) for part in kept]
        else:
            member = np.zeros(self._size, np.bool_)
            for part in kept:
                member[part.documents] = True
            documents = np.flatnonzero(member)
            scores = np.zeros(self._size, np.float32)
            places = [part.documents for part in kept]
        for part, place in zip(kept, places, strict=True):
            scores[place] = np.maximum(scores[place], part.scores) if best else scores[place] + part.scores
        return _Found(documents, scores if len(scores) == len(documents) else scores[documents])

    def _at(self, documents: Numbers, terms: list[str], boost: float, within: Mask) -> _Found:
        """Score documents matched by the positions of terms by those terms."""
        if not len(documents):
            return _NOTHING
        scores = np.zeros(self._size, np.float32)
        for term in dict.fromkeys(terms):
            part = self._term(term, boost, within)
            scores[part.documents] += part.scores
        return _Found(documents, scores[documents])

    def _places(self, slot: tuple[str, ...]) -> Numbers:
        places = [self._segment.places(term) for term in slot]
        return places[0] if len(places) == 1 else np.unique(np.concatenate(places))

    def _sequence(self, slots: tuple[tuple[str, ...], ...], within: Mask) -> Numbers:
        """Return the documents in which the slots occur consecutively."""
        (fewest, first), *others = sorted(
            ((self._places(slot), at) for at, slot in enumerate(slots)), key=lambda pair: len(pair[0])
        )
        starts = fewest[within[fewest >> POSITION_BITS]] - first
        for places, at in others:
            starts = starts[_among(starts + at, places)]
        return np.unique(starts >> POSITION_BITS)

    def _close(self, first: str, second: str, apart: int, within: Mask) -> Numbers:
        """Return the documents in which two terms are at most `apart` positions from each other."""
        few, many = sorted((self._segment.places(first), self._segment.places(second)), key=len)
        few = few[within[few >> POSITION_BITS]]
        near = np.zeros(len(few), np.bool_)
        for distance in range(1, apart + 1):
            near |= _among(few + distance, many) | _among(few - distance, many)
        return np.unique(few[near] >> POSITION_BITS)


_NOTHING = _Found(_NO_NUMBERS, np.zeros(0, np.float32))


def _scored(documents: Numbers, score: float) -> _Found:
    return _Found(documents, np.full(len(documents), score, np.float32))


def _among(wanted: Numbers, ascending: Numbers) -> Mask:
    """Return a mask of the wanted numbers that are in `ascending`."""
    if not len(ascending):
        return np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(ascending, wanted)
    at[at == len(ascending)] = 0
    same: Mask = ascending[at] == wanted
    return same


def _page(keys: tuple[np.ndarray, np.ndarray], last: Numbers, start: int, stop: int) -> Numbers:
    """Return the indices of hits `start` to `stop`, in descending order of both keys, then of document number."""
    primary, secondary = keys
    candidates = np.arange(len(primary))
    if 0 < stop < len(primary) // 4:
        # Everything not below the last hit on the page; ties with it are broken by the other keys.
        candidates = np.flatnonzero(primary >= np.partition(primary, -stop)[-stop])
    order = np.lexsort((last[candidates], secondary[candidates], primary[candidates]))[::-1]
    return candidates[order[start:stop]]
