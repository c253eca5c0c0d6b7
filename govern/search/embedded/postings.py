"""The content of a Whoosh segment as numpy arrays: a term's documents, weights and positions; columns; lengths.

A segment is immutable once written, except for which of its documents are deleted, so its arrays can be cached without
invalidation. This module and `writing` depend on the internals of Whoosh 2.7.4.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3LeafMatcher
from whoosh.reading import SegmentReader
from whoosh.util.numeric import byte_to_length

from govern.search.embedded.fields import DAY, FACTS, POSITION_BITS, TERMS
from govern.search.model import Facet
from govern.search.spelling import Vocabulary

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MOST_BYTES = 96_000_000
MOST_BEGINNINGS = 3000  # Words with a prefix that are considered as completions.
_FEW = 8  # If fewer than 1/_FEW of the documents are counted, indexing each is faster than scanning all.
_NO_NUMBERS: Numbers = np.zeros(0, np.int64)
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.float32)


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents that have a term, ascending, and its frequency in each; encoded positions only on request."""

    documents: Numbers
    weights: Scores
    raw: bytes = b""

    @property
    def places(self) -> Numbers:
        """The document and position of every occurrence, combined into one number each, ascending."""
        positions = np.frombuffer(self.raw, "<u4").astype(np.int64)
        return (np.repeat(self.documents, self.weights.astype(np.int64)) << POSITION_BITS) | positions


@dataclass(frozen=True, slots=True)
class Marks:
    """The facet values of the documents, as value numbers in the order of the documents.

    The value numbers of document 7 are at indices `starts[7]` up to `starts[8]`.
    """

    names: tuple[tuple[Facet, str], ...]
    starts: Numbers
    numbers: Numbers

    def count(self, found: Numbers) -> Numbers:
        """Return for each value how many of the given distinct documents have it."""
        if len(found) * _FEW < len(self.starts):
            first, lengths = self.starts[found], self.starts[found + 1] - self.starts[found]
            within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            return np.bincount(self.numbers[np.repeat(first, lengths) + within], minlength=len(self.names))
        member = np.zeros(len(self.starts) - 1, np.bool_)
        member[found] = True
        return np.bincount(self.numbers[np.repeat(member, np.diff(self.starts))], minlength=len(self.names))


class Cache:
    """A thread-safe cache of arrays by segment and name, which evicts the least recently used."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, ...], tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        """Return the value cached under `key`, or make and cache it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()
        size = _size(made)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (made, size)
                self._bytes += size
            while self._bytes > self._most and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._bytes -= gone
        return made


def _size(made: Any) -> int:
    if isinstance(made, Postings):
        return 200 + made.documents.nbytes + made.weights.nbytes
    if isinstance(made, Marks):
        return 200 * len(made.names) + made.starts.nbytes + made.numbers.nbytes
    return 200 + int(getattr(made, "nbytes", 100))


class Segment:
    """One segment at one generation, read through a cache that outlives it."""

    def __init__(self, reader: SegmentReader, base: int, cache: Cache) -> None:
        self._reader = reader
        self._cache = cache
        self._id = str(reader.segment().segid)
        self.base = base
        self.size: int = reader.doc_count_all()
        deleted = np.fromiter(reader.segment().deleted_docs(), np.int64)
        self.live: Mask = np.ones(self.size, np.bool_)
        self.live[deleted] = False

    def _kept(self, kind: str, name: str, make: Callable[[], Any]) -> Any:
        return self._cache.get((self._id, kind, name), make)

    def postings(self, term: str) -> Postings:
        """Return the postings of a term, empty if no document has it."""
        found: Postings = self._kept("postings", term, lambda: self._read(TERMS, term))
        return found

    def places(self, term: str) -> Numbers:
        """Return the encoded positions of a term, as `Postings.places` does."""
        found: Numbers = self._kept("places", term, lambda: self._read(TERMS, term, raw=True).places)
        return found

    def having(self, fact: str) -> Mask:
        """Return a mask of the documents that have a fact."""

        def read() -> Mask:
            mask = np.zeros(self.size, np.bool_)
            mask[self._read(FACTS, fact).documents] = True
            return mask

        found: Mask = self._kept("fact", fact, read)
        return found

    def beginning(self, start: str) -> Numbers:
        """Return the documents that have a term with this prefix, ascending."""

        def read() -> Numbers:
            terms = [term.decode() for term in self._reader.expand_prefix(TERMS, start)]
            found = [self._read(TERMS, term).documents for term in terms]
            return np.unique(np.concatenate(found)) if found else _NO_NUMBERS

        documents: Numbers = self._kept("beginning", start, read)
        return documents

    def words_beginning(self, start: str) -> dict[str, int]:
        """Return up to MOST_BEGINNINGS words with this prefix, each with the number of documents that have it."""

        def read() -> dict[str, int]:
            terms = islice(self._reader.expand_prefix(TERMS, f"w:{start}"), MOST_BEGINNINGS)
            words = [term.decode()[2:] for term in terms]
            return {word: self._reader.doc_frequency(TERMS, f"w:{word}") for word in words if word.isalpha()}

        found: dict[str, int] = self._kept("words", start, read)
        return found

    def vocabulary(self) -> Vocabulary:
        """Return all words in the segment, for spelling suggestions."""

        def read() -> Vocabulary:
            return Vocabulary([term.decode()[2:] for term in self._reader.expand_prefix(TERMS, "w:")])

        found: Vocabulary = self._kept("vocabulary", "", read)
        return found

    def lengths(self) -> Scores:
        """Return the number of terms in each document, as approximately as Whoosh stores it."""
        reader = self._reader

        def read() -> Scores:
            column = reader._perdoc._cached_reader(f"_{TERMS}_len", LENGTHS_COLUMN)
            return np.asarray(_LENGTHS[_fixed(column, "u1", self.size)])

        found: Scores = self._kept("column", "lengths", read)
        return found

    def days(self) -> Numbers:
        """Return each document's date as an ordinal."""

        def read() -> Numbers:
            column = self._reader.column_reader(DAY, translate=False)
            return _fixed(column, ">i4", self.size).astype(np.int64)

        found: Numbers = self._kept("column", DAY, read)
        return found

    def marks(self) -> Marks:
        """Return the facet values of the documents."""

        def read() -> Marks:
            facts = [term.decode() for term in self._reader.expand_prefix(FACTS, "@")]
            having = [self._read(FACTS, fact).documents for fact in facts]
            documents = np.concatenate([_NO_NUMBERS, *having])
            numbers = np.repeat(np.arange(len(facts)), [len(found) for found in having])
            order = np.argsort(documents, kind="stable")
            starts = np.concatenate([[0], np.cumsum(np.bincount(documents, minlength=self.size))])
            names = tuple((facet, value) for facet, _, value in (fact[1:].partition(":") for fact in facts))
            return Marks(names, starts, numbers[order])

        found: Marks = self._kept("marks", "", read)
        return found

    def _read(self, field: str, term: str, *, raw: bool = False) -> Postings:
        """Read all blocks of a term's postings, deleted documents included."""
        reader, encoded = self._reader, term.encode()
        if (field, encoded) not in reader._terms:
            return Postings(_NO_NUMBERS, np.zeros(0, np.float32))
        matcher = reader._terms.matcher(field, encoded, reader.schema[field].format)
        if not isinstance(matcher, W3LeafMatcher):
            alone = b"".join(matcher._values) if raw else b""
            return Postings(np.array(matcher._ids, np.int64), np.array(matcher._weights, np.float32), alone)
        documents, weights, values = [], [], []
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            documents.append(np.array(matcher._ids, np.int64))
            weights.append(np.array(matcher._weights, np.float32))
            if raw:
                matcher._read_values()
                values.append(b"".join(matcher._values))
            matcher._next_block()
        return Postings(np.concatenate(documents), np.concatenate(weights), b"".join(values))


def _fixed(column: Any, kind: str, size: int) -> npt.NDArray[Any]:
    """Return a numeric column; trailing documents without a value are not stored, so they are filled with zeros."""
    values = np.zeros(size, kind)
    if hasattr(column, "_dbfile"):
        written = np.frombuffer(column._dbfile.get(column._basepos, column._count * column._fixedlen), kind)
        values[: len(written)] = written[:size]
    return values
