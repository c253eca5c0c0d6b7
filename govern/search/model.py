"""What is searched, what is found, and what an engine must be able to do. Knows neither a slice nor an engine."""

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
    """Raise when the index cannot be read now; a rebuild repairs it, and everything else works meanwhile."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document's plain text. `anchor` is the id at which the document's page shows it."""

    field: PassageField
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that a facet counts; of some facets a document has several. `name` is the Swedish word for it."""

    facet: Facet
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing to find: a paragraph, an assignment, a case.

    `key` names it for good (`paragraph:812`). `readers` are the access terms of which a reader must have one; without
    any, nobody finds it. `state` and `kind` are the codes that facets count, `state_name` and `kind_name` the Swedish
    words that `status:` and `typ:` also understand; `holds` names what else it is a case of, such as `uppdrag`.
    `people` are those who act in it, not all who were present; `marks` what other facets count.
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
        """Every value that a facet counts this document under."""
        own = (
            Mark("forum", self.forum, self.forum_name),
            Mark("year", str(self.year)),
            Mark("kind", self.kind, self.kind_name),
            Mark("state", self.state, self.state_name),
        )
        return tuple(mark for mark in dict.fromkeys((*own, *self.marks)) if mark.value)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found, by its key. Scores compare within one answer only."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """An answer: one page of `hits`, how many there are in all, and how they spread. `words` are those to look for."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What changed in the database while a rebuild was running."""

    documents: Iterable[Document] = ()
    deleted: Iterable[str] = ()
    sequence: int | None = None


class Engine(Protocol):
    """A full-text index. Every method but `healthy` may raise `SearchUnavailable`."""

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = (), sequence: int | None = None) -> None:
        """Put the documents in, or in place of those with their keys, and take out `deleted`: all in one commit.

        Doing it twice is harmless. `sequence` is remembered with the commit: the last outbox row that is in the index.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Take the documents out."""

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
        """Return what one who has the access terms `readers` may find; counts and facets know of nothing else."""

    def completions(self, start: str, readers: Collection[str], *, limit: int = 8) -> tuple[str, ...]:
        """Return words that begin so and stand in what the readers may read, the most frequent first."""

    def alike(self, word: str, readers: Collection[str], *, limit: int = 4) -> tuple[str, ...]:
        """Return words spelt nearly as this one that stand in what the readers may read, the nearest first."""

    def generation(self) -> str:
        """Return a mark that changes with every commit and rebuild."""

    def sequence(self) -> int | None:
        """Return the sequence of the last commit that is safely in the index, or None where it is not known."""

    def rebuild(self, documents: Iterable[Document], catch_up: Callable[[], CatchUp] | None = None) -> int:
        """Build a new index beside the old one, swap them, and return how many documents it holds.

        `catch_up` is asked, once updates are held back, for what changed since `documents` was read.
        """

    def healthy(self) -> bool:
        """Return whether the index is there, of this version, and was readable when last used."""
