"""Documents, results and the interface of a search engine.

Depends on no slice and no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from govern.search.query import Query

PassageField = Literal[
    "heading", "section", "decision", "assignment", "motion", "dissent", "attachment", "reference", "other"
]
Sort = Literal["best", "newest"]
Facet = Literal["forum", "year", "kind", "outcome", "state", "duty", "person", "party"]
FACETS: tuple[Facet, ...] = ("forum", "year", "kind", "outcome", "state", "duty", "person", "party")


class SearchUnavailable(Exception):
    """Raised when the index cannot be read.

    A rebuild repairs it; the rest of the application works meanwhile.
    """


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document's plain text.

    `anchor` is the id of the element that shows it on the document's page.
    """

    field: PassageField
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that a facet counts; a document may have several of one facet.

    `name` is the Swedish word for it.
    """

    facet: Facet
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A unit of search: a paragraph, an assignment or a case, for instance.

    `key` identifies it permanently (`paragraph:812`). `readers` are access terms: a reader needs one of them, and
    without any the document is never found. `state` and `kind` are the codes that facets count, `state_name` and
    `kind_name` the Swedish words that `status:` and `typ:` also accept; `holds` names further kinds under which it is
    found, such as `uppdrag`. `people` are those who act in it, not everyone present; `marks` are the values of the
    other facets.
    """

    key: str
    kind: str
    passages: tuple[Passage, ...]
    forum: str
    forum_name: str
    date: date
    year: int
    readers: frozenset[str]
    number: int | None = None
    state: str = ""
    state_name: str = ""
    kind_name: str = ""
    paragraph_kind: str | None = None
    references: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def counted(self) -> tuple[Mark, ...]:
        """All facet values that this document is counted under."""
        own = (
            Mark("forum", self.forum, self.forum_name),
            Mark("year", str(self.year)),
            Mark("kind", self.kind, self.kind_name),
            Mark("state", self.state, self.state_name),
        )
        return tuple(mark for mark in dict.fromkeys((*own, *self.marks)) if mark.value)


@dataclass(frozen=True, slots=True)
class Hit:
    """The key of a document found.

    Scores are comparable within one result only.
    """

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """One page of `hits`, the `total` number found and their `facets`.

    `words` are those that the query looks for.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The changes in the database during a rebuild."""

    documents: Iterable[Document] = ()
    deleted: Iterable[str] = ()
    sequence: int | None = None


class Engine(Protocol):
    """A full-text index.

    Every method except `healthy` may raise `SearchUnavailable`.
    """

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = (), sequence: int | None = None) -> None:
        """Add or replace the documents by key and remove `deleted`, all in one commit.

        The operation is idempotent. `sequence`, stored with the commit, is the last outbox row that is in the index.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the documents with these keys."""

    def search(
        self,
        query: Query,
        readers: Collection[str],
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "best",
        filters: Mapping[Facet, Collection[str]] | None = None,
    ) -> Results:
        """Return matching documents with an access term among `readers`; counts and facets cover no others."""

    def completions(self, start: str, readers: Collection[str], *, limit: int = 8) -> tuple[str, ...]:
        """Return words beginning with `start` from documents that the readers may read, the most frequent first."""

    def similar_words(self, word: str, readers: Collection[str], *, limit: int = 4) -> tuple[str, ...]:
        """Return words spelt similarly to `word` from documents that the readers may read, the nearest first."""

    def generation(self) -> str:
        """Return an identifier that changes with every commit and rebuild."""

    def sequence(self) -> int | None:
        """Return the sequence of the last durable commit, or None if it is not known."""

    def rebuild(self, documents: Iterable[Document], catch_up: Callable[[], CatchUp] | None = None) -> int:
        """Build a new index beside the current one, swap them, and return the number of documents in it.

        Once updates are blocked, `catch_up` is called for what has changed since `documents` was read.
        """

    def healthy(self) -> bool:
        """Return whether the index exists, has the current version and was readable when last used."""
