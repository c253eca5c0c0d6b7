"""An answer by whole arrays: the plan of a query evaluated segment by segment in numpy.

Whoosh's own matchers spend their time in Python for each document that fits. Here a step gives all its documents and
their scores (BM25) at once. What is found, how many and with which facets is the same as `native` says, which the tests
hold it to; scores differ where Whoosh adds what this takes the best of.
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
from govern.search.plan import All, Beginning, Between, Close, Either, Fact, Sequence, Step, Terms, Without

# Below this share of a segment's documents, sorting what was found is quicker than going through all.
_FEW = 16


@dataclass(frozen=True, slots=True)
class _Found:
    """Documents of a segment, ascending, and their scores."""

    documents: Numbers
    scores: Scores


class Collection:
    """All segments of one generation, with the figures that BM25 needs of the whole."""

    def __init__(self, searcher: Searcher, cache: Cache) -> None:
        leaves = [(leaf.reader(), base) for leaf, base in searcher.leaf_searchers()]
        self._searcher = searcher
        self.segments = [Segment(reader, base, cache) for reader, base in leaves if reader.doc_count_all()]
        self._size = sum(segment.size for segment in self.segments)
        self._average = searcher.avg_field_length(TERMS) or 1.0
        self._rarity: dict[str, float] = {}

    def answer(self, step: Step, *, limit: int, offset: int, sort: Sort) -> Answer:
        """Return one page of hits, the number of all, and the facets of all."""
        counts: dict[Facet, Counter[str]] = {name: Counter() for name in FACETS}
        numbers, scores, days = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)], [np.zeros(0, np.int64)]
        for segment in self.segments:
            found = _Evaluator(self, segment).step(step)
            if segment.live is not None:
                found = _kept(found, segment.live[found.documents])
            numbers.append(found.documents + segment.base)
            scores.append(found.scores)
            days.append(segment.days()[found.documents])
            for name, counter in counts.items():
                values = segment.facet(name)
                counted = values.count(found.documents)
                counter.update({values.names[at]: int(counted[at]) for at in np.flatnonzero(counted)})
        every, score, day = np.concatenate(numbers), np.concatenate(scores), np.concatenate(days)
        best = _page((day, score) if sort == "newest" else (score, day), every, offset, offset + limit)
        stored = self._searcher.reader().stored_fields
        hits = tuple(Hit(stored(int(every[at]))[KEY], float(score[at])) for at in best)
        return hits, len(every), {name: ordered(counter) for name, counter in counts.items()}

    def beginning_words(self, start: str, most: int) -> list[str]:
        """Return the most frequent words that begin so, whoever may read them."""
        often: Counter[str] = Counter()
        for segment in self.segments:
            often.update(segment.words_beginning(start))
        return [word for word, _ in often.most_common(most)]

    def often(self, word: str, readers: Iterable[str]) -> int:
        """Count the documents that have a word and that the readers may read."""
        count = 0
        for segment in self.segments:
            documents = segment.postings(f"w:{word}").documents
            if len(documents):
                mask = np.logical_or.reduce([segment.having(f"a:{reader}")[documents] for reader in readers], axis=0)
                if segment.live is not None:
                    mask = mask & segment.live[documents]
                count += int(np.count_nonzero(mask))
        return count

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term over all segments, as Whoosh counts it."""
        if term not in self._rarity:
            having = sum(len(segment.postings(term).documents) for segment in self.segments)
            self._rarity[term] = log(self._size / (having + 1)) + 1
        return self._rarity[term]

    def score(self, segment: Segment, term: str) -> Scores:
        """Return BM25 for every document of a segment that has the term."""
        postings = segment.postings(term)
        lengths = segment.lengths()[postings.documents]
        often = postings.weights
        dampened = often + K1 * ((1 - B) + B / self._average * lengths)
        return np.asarray(self.rarity(term) * (K1 + 1) * often / dampened, np.float32)


class _Evaluator:
    def __init__(self, collection: Collection, segment: Segment) -> None:
        self._collection = collection
        self._segment = segment
        self._size = segment.size

    def step(self, step: Step) -> _Found:  # noqa: PLR0911  One line for each form.
        match step:
            case Terms(terms):
                return self._union((self._term(term, boost) for term, boost in terms), best=True)
            case Sequence(slots, boost):
                return self._at(self._sequence(slots), [term for slot in slots for term in slot], boost)
            case Close(first, second, within, boost):
                return self._at(self._close(first, second, within), [first, second], boost)
            case Beginning(term):
                documents = self._segment.beginning(term)
                return _Found(documents, np.ones(len(documents), np.float32))
            case Fact() | Between():
                return _unscored(np.flatnonzero(self._facts(step)))
            case Without():
                return self._all((step,))
            case Either(steps):
                return self._union((self.step(inner) for inner in steps), best=False)
            case All(steps):
                return self._all(steps)

    def _term(self, term: str, boost: float) -> _Found:
        documents = self._segment.postings(term).documents
        return _Found(documents, self._collection.score(self._segment, term) * np.float32(boost))

    def _facts(self, fact: Fact | Between) -> Mask:
        if isinstance(fact, Between):
            days = self._segment.days()
            between: Mask = (days >= fact.first.toordinal()) & (days <= fact.last.toordinal())
            return between
        first, *others = (self._segment.having(name) for name in fact.facts)
        return np.logical_or.reduce([first, *others]) if others else first

    def _all(self, steps: tuple[Step, ...]) -> _Found:
        """Intersect, the narrowest first; facts and what is left out only ask of the documents that remain."""
        found: _Found | None = None
        positive = [self.step(inner) for inner in steps if not isinstance(inner, Without | Fact | Between)]
        for other in sorted(positive, key=lambda part: len(part.documents)):
            found = other if found is None else self._both(found, other)
        masks = [self._facts(inner) for inner in steps if isinstance(inner, Fact | Between)]
        if found is None:
            every = np.logical_and.reduce(masks) if masks else np.ones(self._size, np.bool_)
            found = _unscored(np.flatnonzero(every))
        else:
            for mask in masks:
                found = _kept(found, mask[found.documents])
        for inner in steps:
            if isinstance(inner, Without) and len(found.documents):
                unwanted = np.zeros(self._size, np.bool_)
                unwanted[self.step(inner.step).documents] = True
                found = _kept(found, ~unwanted[found.documents])
        return found

    def _both(self, few: _Found, many: _Found) -> _Found:
        if not len(few.documents) or not len(many.documents):
            return _NOTHING
        at = np.searchsorted(many.documents, few.documents)
        at[at == len(many.documents)] = 0
        same = many.documents[at] == few.documents
        return _Found(few.documents[same], few.scores[same] + many.scores[at[same]])

    def _union(self, parts: Iterable[_Found], *, best: bool) -> _Found:
        """Bring parts together; a document in several has the best of its scores, or their sum."""
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

    def _at(self, documents: Numbers, terms: list[str], boost: float) -> _Found:
        """Score documents that have terms side by side by those terms."""
        scores = np.zeros(self._size, np.float32) if len(documents) else np.zeros(0, np.float32)
        if len(documents):
            for term in dict.fromkeys(terms):
                part = self._term(term, boost)
                scores[part.documents] += part.scores
            scores = scores[documents]
        return _Found(documents, scores)

    def _places(self, slot: tuple[str, ...]) -> Numbers:
        places = [self._segment.places(term) for term in slot]
        return places[0] if len(places) == 1 else np.unique(np.concatenate(places))

    def _sequence(self, slots: tuple[tuple[str, ...], ...]) -> Numbers:
        """Return the documents where the slots stand one after the other."""
        moved = sorted(((self._places(slot), at) for at, slot in enumerate(slots)), key=lambda pair: len(pair[0]))
        starts = moved[0][0] - moved[0][1]
        for places, at in moved[1:]:
            starts = starts[_among(starts + at, places)]
        return np.unique(starts >> POSITION_BITS)

    def _close(self, first: str, second: str, within: int) -> Numbers:
        """Return the documents where two terms stand at most so far apart."""
        few, many = sorted((self._segment.places(first), self._segment.places(second)), key=len)
        near = np.zeros(len(few), np.bool_)
        for distance in range(1, within + 1):
            near |= _among(few + distance, many) | _among(few - distance, many)
        return np.unique(few[near] >> POSITION_BITS)


_NOTHING = _Found(np.zeros(0, np.int64), np.zeros(0, np.float32))


def _unscored(documents: Numbers) -> _Found:
    return _Found(documents, np.zeros(len(documents), np.float32))


def _kept(found: _Found, mask: Mask) -> _Found:
    return _Found(found.documents[mask], found.scores[mask])


def _among(wanted: Numbers, ascending: Numbers) -> Mask:
    """Say which of the wanted numbers are among the ascending ones."""
    if not len(ascending):
        return np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(ascending, wanted)
    at[at == len(ascending)] = 0
    same: Mask = ascending[at] == wanted
    return same


def _page(keys: tuple[np.ndarray, np.ndarray], last: Numbers, start: int, stop: int) -> Numbers:
    """Return where the documents from `start` to `stop` stand, greatest first key, then second, then number first."""
    primary, secondary = keys
    candidates = np.arange(len(primary))
    if 0 < stop < len(primary) // 4:
        # Everything not below the last that is wanted; ties with it are settled by the other keys.
        candidates = np.flatnonzero(primary >= np.partition(primary, -stop)[-stop])
    order = np.lexsort((last[candidates], secondary[candidates], primary[candidates]))[::-1]
    return candidates[order[start:stop]]
