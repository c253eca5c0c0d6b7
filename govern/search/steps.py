"""The query plan: nine kinds of steps, the language between `plan` and the engines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from govern.search import days
from govern.search.model import Facet

NEAR = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """At least one of these terms; the highest score counts, times its boost."""

    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Terms at consecutive positions; each slot lists the terms that match there."""

    slots: tuple[tuple[str, ...], ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Close:
    """Two terms in either order, between one and `within` positions apart."""

    first: str
    second: str
    within: int = NEAR
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Beginning:
    """Any term that begins with this one."""

    term: str


@dataclass(frozen=True, slots=True)
class Fact:
    """At least one of these facts; filters without affecting the score."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A range of days, both ends included; filters without affecting the score."""

    first: date
    last: date

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts of which every document in the range has at least one, for an engine without a date column."""
        years, months, single = days.parts(self.first, self.last)
        spelt = [f"@year:{year}" for year in years], [f"m:{month}" for month in months], [f"D:{day}" for day in single]
        return tuple(fact for part in spelt for fact in part)


@dataclass(frozen=True, slots=True)
class Without:
    """Documents that do not match the step."""

    step: Step


@dataclass(frozen=True, slots=True)
class All:
    """Documents that match every step; with no steps, every document."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Documents that match at least one step; with no steps, none.

    The scores of the matching steps are added.
    """

    steps: tuple[Step, ...]


Step = Terms | Sequence | Close | Beginning | Fact | Between | Without | All | Either
EVERYTHING = All(())
NOTHING = Either(())


def narrowing(readers: Collection[str], filters: Mapping[Facet, Collection[str]]) -> Iterator[Step]:
    """Yield the steps that restrict every search: the reader's access terms and the chosen facet values."""
    yield Fact(tuple(f"a:{reader}" for reader in sorted(readers)))
    for facet, values in filters.items():
        yield Fact(tuple(f"@{facet}:{value}" for value in sorted(values)))


def wanted(step: Step) -> Iterator[Terms | Sequence | Close | Beginning]:
    """Yield the steps that look for terms, except negated ones: the basis for highlighting."""
    match step:
        case All(steps) | Either(steps):
            for inner in steps:
                yield from wanted(inner)
        case Terms() | Sequence() | Close() | Beginning():
            yield step


def words(step: Step) -> tuple[str, ...]:
    """Return the distinct terms that a query looks for, without their namespaces."""
    found: dict[str, None] = {}
    for goal in wanted(step):
        match goal:
            case Terms(terms):
                found |= dict.fromkeys(term[2:] for term, _ in terms)
            case Sequence(slots):
                found |= dict.fromkeys(term[2:] for slot in slots for term in slot)
            case Beginning(term):
                found[term[2:]] = None
    return tuple(found)
