"""The schema of the Whoosh index.

Whoosh pickles these classes by their import path: moving them, or changing the schema, requires a new SCHEMA_VERSION,
which makes the index be rebuilt.
"""

from __future__ import annotations

import struct
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn
from whoosh.fields import ID, FieldType, Schema
from whoosh.formats import Existence, Positions

from govern.search.model import Document
from govern.search.terms import Analysis, document_facts

SCHEMA_VERSION = 2
TERMS, FACTS, KEY, DAY = "terms", "facts", "key", "day"
# A document has up to a million positions; anything beyond gets the last position.
POSITION_BITS = 20
LAST_PLACE = (1 << POSITION_BITS) - 1
# BM25: a long paragraph is no less relevant than a short one, so length counts for less than is usual.
B, K1 = 0.4, 1.2
BLOCK = 2048  # Postings of a term in one block, which is read as arrays.
CODEC = W3Codec(blocklimit=BLOCK)


class PackedPositions(Positions):  # type: ignore[misc]
    """Positions of four bytes each, where Whoosh would pickle a list for every document."""

    def decode_positions(self, value: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(value) // 4}I", value))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        return float(len(value) // 4)


class TermsField(FieldType):  # type: ignore[misc]
    """Terms that are already analysed, with their positions."""

    def __init__(self) -> None:
        super().__init__(format=PackedPositions(), analyzer=None, scorable=True)


class FactsField(FieldType):  # type: ignore[misc]
    """Facts, stored without positions."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None)


class DayColumn(FieldType):  # type: ignore[misc]
    """A date as its ordinal, used only for sorting."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(format=None, analyzer=None, sortable=NumericColumn("i"))


def schema() -> Schema:
    """Return the schema: terms, facts (including the facet values), the key and the day to sort by."""
    return Schema(key=ID(stored=True, unique=True), terms=TermsField(), facts=FactsField(), day=DayColumn())


def row(document: Document, analysis: Analysis) -> dict[str, Any]:
    """Return a document as the fields of the schema."""
    return {
        KEY: document.key,
        TERMS: analysis.document_terms(document),
        FACTS: document_facts(document, analysis),
        DAY: document.date.toordinal(),
    }
