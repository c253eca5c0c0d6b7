"""Write the files of a Whoosh segment from arrays.

Whoosh keeps every posting as a tuple, sorts them and writes them one by one. Here a document's terms become numbers in
arrays as they arrive; numpy groups each term's postings, and a term is written as a whole. Whoosh can read the result;
a term of one document has its posting inline, without a block. Depends on the internals of Whoosh 2.7.4, as `postings`
does.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from operator import sub
from pickle import dumps
from struct import Struct

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, WHOOSH3_HEADER_MAGIC, W3TermInfo
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from govern.search.embedded.fields import BLOCK, CODEC, DAY, FACTS, KEY, LAST_PLACE, TERMS

MOST_PLACES = 16_000_000  # Per segment; they are in memory until it is written: some 400 MB.
PICKLE = 4
WORTH_PRESSING = 200  # Bytes from which a block is compressed.

Lengths = npt.NDArray[np.uint8]

_FIELD, _SIZE, _EXTENT, _INFO = Struct("!H"), Struct("!i"), Struct("!qi"), Struct(W3TermInfo._struct.format)


class Writer(SegmentWriter):  # type: ignore[misc]
    """A writer of one segment.

    `places` is the number of postings and positions that it holds so far.
    """

    def __init__(self, index: FileIndex, timeout: float) -> None:
        super().__init__(index, timeout=timeout, codec=CODEC)
        self.pool = _Pool()

    @property
    def places(self) -> int:
        return sum(len(field.terms) + len(field.places) for field in self.pool.fields.values())

    def add_document(self, *, key: str, terms: Mapping[str, Sequence[int]], facts: Iterable[str], day: int) -> None:
        """Add a document as `fields.row` returns it."""
        number, columns = self.docnum, self.perdocwriter
        columns.start_doc(number)
        columns.add_field(KEY, None, key, 0)
        columns.add_field(TERMS, None, None, sum(map(len, terms.values())))
        columns.add_column_value(DAY, self.schema[DAY].column_type, day)
        columns.finish_doc()
        self.pool.fields[KEY].extend(number, {key: ()})
        self.pool.fields[TERMS].extend(number, terms)
        self.pool.fields[FACTS].extend(number, dict.fromkeys(facts, ()))
        self._added = True
        self.docnum += 1

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        reader = self.per_document_reader()
        column = reader._cached_reader(f"_{TERMS}_len", LENGTHS_COLUMN)
        lengths = np.array([column[number] if column else 0 for number in range(self.docnum)], np.uint8)
        reader.close()
        for name in sorted(self.pool.fields):
            self.fieldwriter.start_field(name, self.schema[name])
            self._write(self.pool.fields.pop(name).by_term(lengths if name == TERMS else np.zeros_like(lengths)))
            self.fieldwriter.finish_field()
        self.fieldwriter.close()

    def _write(self, postings: _Postings) -> None:
        field = _FIELD.pack(self.fieldwriter._fieldid)
        index, file = self.fieldwriter._tindex, self.fieldwriter._postfile
        offset = file.tell()
        for term, first, last in postings.terms:
            if last - first == 1:
                info = postings.alone(first)
            else:
                info, blocks = postings.together(first, last)
                info += _EXTENT.pack(offset, len(blocks))
                offset += len(blocks)
                file.write(blocks)
            index.add(field + term.encode(), info)


class _Pool:
    """The postings of the segment being written, by field.

    Whoosh adds the postings of the segments that it merges.
    """

    def __init__(self) -> None:
        self.fields: defaultdict[str, _Field] = defaultdict(_Field)

    def add(self, item: tuple[str, bytes, int, float, bytes | None]) -> None:
        name, term, document, _, value = item
        places = array("I")
        places.frombytes(value or b"")
        self.fields[name].extend(document, {term.decode(): places})

    def cleanup(self) -> None:
        self.fields.clear()


class _Numbers(dict[str, int]):
    """A mapping that gives each term a number at its first lookup."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class _Field:
    """The postings of a field, in the order of the documents."""

    def __init__(self) -> None:
        self.numbers = _Numbers()
        self.terms, self.documents, self.counts, self.places = array("I"), array("I"), array("I"), array("I")

    def extend(self, document: int, terms: Mapping[str, Sequence[int]]) -> None:
        self.terms.extend(map(self.numbers.__getitem__, terms))
        self.documents.extend(repeat(document, len(terms)))
        self.counts.extend(map(len, terms.values()))
        self.places.extend(chain.from_iterable(terms.values()))

    def by_term(self, lengths: Lengths) -> _Postings:
        """Group the postings by term, with the terms sorted."""
        names = sorted(self.numbers)
        ranks = np.empty(len(names), np.uint32)
        ranks[[self.numbers[name] for name in names]] = np.arange(len(names))
        terms = ranks[np.frombuffer(self.terms, np.uint32)]
        counts = np.frombuffer(self.counts, np.uint32)
        places = np.frombuffer(self.places, np.uint32)[_order(np.repeat(terms, counts))]
        order = _order(terms)
        edges = np.searchsorted(terms[order], np.arange(len(names) + 1)).tolist()
        documents, counts = np.frombuffer(self.documents, np.uint32)[order], counts[order]
        begins = np.zeros(len(counts) + 1, np.uint32)
        np.cumsum(counts, out=begins[1:])
        begins *= places.itemsize
        return _Postings(
            zip(names, edges, edges[1:], strict=False),
            documents.data,
            np.maximum(counts, 1).astype(np.float32).data,
            lengths[documents].data,
            begins.data,
            np.minimum(places, LAST_PLACE, out=places).astype("<u4", copy=False).tobytes(),
        )


def _order(numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the stable sort order of the numbers, in half the memory that `argsort` takes."""
    keys = numbers.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(len(keys), dtype=np.uint32)
    keys.sort()
    return keys.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class _Postings:
    """The postings of a field by term.

    `terms` has each term with the index of its first posting and past its last. The other sequences have the document,
    weight and length of each posting, and where its positions begin in `places`.
    """

    terms: Iterable[tuple[str, int, int]]
    documents: memoryview
    weights: memoryview
    lengths: memoryview
    begins: memoryview
    places: bytes

    def alone(self, at: int) -> bytes:
        """Return the term info of a term in one document, with its posting inline."""
        document, weight, length = self.documents[at], self.weights[at], self.lengths[at]
        info = _INFO.pack(True, weight, 1, length, length, weight, document, document)
        return info + dumps(((document,), (weight,), self._values(at, at + 1)), PICKLE)

    def together(self, first: int, last: int) -> tuple[bytes, bytes]:
        """Return the term info, without the location of the postings, and the postings in blocks."""
        total, most, least, longest, blocks = 0.0, 0.0, 255, 0, WHOOSH3_HEADER_MAGIC
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            documents, weights = self.documents[start:stop].tolist(), self.weights[start:stop].tolist()
            low, high, lengths = min(weights), max(weights), self.lengths[start:stop].tolist()
            span = min(lengths), max(lengths)
            steps = (documents[0], *map(sub, documents[1:], documents))
            varied = tuple(weights) if low < high else None if low == 1 else low
            data = dumps((steps, varied, self._values(start, stop) or None), PICKLE)
            pressed = len(data) >= WORTH_PRESSING
            if pressed:
                data = zlib.compress(data, 1)
            data = dumps((len(documents), documents[-1], high, int(pressed), *span), PICKLE) + data
            blocks += _SIZE.pack(-len(data) if stop == last else len(data)) + data
            total, most = total + sum(weights), max(most, high)
            least, longest = min(least, span[0]), max(longest, span[1])
        number, spread = last - first, (self.documents[first], self.documents[last - 1])
        return _INFO.pack(False, total, number, least, longest, most, *spread), blocks

    def _values(self, first: int, last: int) -> tuple[bytes, ...]:
        edges = self.begins[first : last + 1].tolist()
        if edges[0] == edges[-1]:
            return ()
        return tuple([self.places[start:stop] for start, stop in pairwise(edges)])
