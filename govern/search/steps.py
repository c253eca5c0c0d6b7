"""What a query asks of an index, in nine small forms: the language between `plan` and the engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from govern.search import days

NEAR = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """One of these terms; the best counts, times its boost."""

    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Terms at consecutive positions; each slot holds the terms that fit there."""

    slots: tuple[tuple[str, ...], ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Close:
    """Two terms in either order, at least one and at most `within` positions apart."""

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
    """One of these facts; narrows and does not rank."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """From one day to another, both among them; narrows and does not rank."""

    first: date
    last: date

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts of which every document of these days has at least one, for an engine without a column of days."""
        years, months, single = days.parts(self.first, self.last)
        spelt = [f"@year:{year}" for year in years], [f"m:{month}" for month in months], [f"D:{day}" for day in single]
        return tuple(fact for part in spelt for fact in part)


@dataclass(frozen=True, slots=True)
class Without:
    """Not this."""

    step: Step


@dataclass(frozen=True, slots=True)
class All:
    """Every one; of none, every document."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one; of none, no document. The scores of those that fit are added."""

    steps: tuple[Step, ...]


Step = Terms | Sequence | Close | Beginning | Fact | Between | Without | All | Either
EVERYTHING = All(())
NOTHING = Either(())


def wanted(step: Step) -> Iterator[Terms | Sequence | Close | Beginning]:
    """Yield what a query looks for, what it leaves out aside: the ground for highlighting."""
    match step:
        case All(steps) | Either(steps):
            for inner in steps:
                yield from wanted(inner)
        case Terms() | Sequence() | Close() | Beginning():
            yield step


def words(step: Step) -> tuple[str, ...]:
    """Return the words a query looks for, without their namespaces, each once."""
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
