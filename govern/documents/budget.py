"""A limit on the layout work for one document, counted in steps rather than time, so that it is deterministic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from govern.errors import Refused

STEPS = 3_000_000
"""The most steps for a whole document, such as measuring a word or placing a cell. 200 pages take some 300 000."""


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
    """The remaining steps, and the place being laid out."""

    left: int
    place: str = ""


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget(steps: int = STEPS) -> Iterator[Budget]:
    """Limit the steps taken within the `with` block."""
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
        TooMuchToSet: if fewer are left.
    """
    current = _current.get()
    if current is None:
        return
    current.left -= steps
    if current.left < 0:
        raise TooMuchToSet(current.place)
