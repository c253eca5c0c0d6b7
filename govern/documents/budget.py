"""A limit on the layout work for one document: steps are counted, never time, so the result is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from govern.errors import Refused

STEPS = 3_000_000
"""Steps for a whole document: a word measured, a cell or a line placed. A protocol of 200 pages takes some 300 000."""


class TooMuchToSet(Refused):
    """Raise when a document takes more steps than allowed.

    `place` is where it stopped: which § and which table; `sentence` is Swedish and shown to the user.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        where = f"vid {place}" if place else "i dokumentet"
        super().__init__(
            f"Dokumentet är för stort för att sättas på sidor. Det tog stopp {where}. "
            "Dela upp texten eller tabellen, eller lägg den som bilaga."
        )


@dataclass(slots=True)
class Budget:
    """The remaining steps, and the current place."""

    left: int
    place: str = ""


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget(steps: int = STEPS) -> Iterator[Budget]:
    """Limit the steps of the block."""
    made = Budget(steps)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def at(place: str) -> None:
    """Set the current place: which § and which table."""
    current = _current.get()
    if current is not None:
        current.place = place


def spend(steps: int) -> None:
    """Use up steps.

    Raises:
        TooMuchToSet: if none are left.
    """
    current = _current.get()
    if current is None:
        return
    current.left -= steps
    if current.left < 0:
        raise TooMuchToSet(current.place)
