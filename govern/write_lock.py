"""Tracks the holder of the database's write lock in this thread, and refuses slow work meanwhile.

One transaction writes at a time, on SQLite and on PostgreSQL (`govern/db.py` takes the lock). This module does not
access the database: it remembers the holder, refuses a second one in the same thread, which would wait for itself, and
lets functions declare that they are slow.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from weakref import ref

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

OURSELVES = (__name__, "govern.db", "sqlalchemy", "flask_sqlalchemy", "contextlib")


class SecondWriter(RuntimeError):
    """Raise when a thread that holds the write lock in one transaction is about to write in another."""


class SlowUnderLock(RuntimeError):
    """Raise when slow work starts while the write lock is held. It is a bug: see `db.pause`."""


class _Thread(threading.local):
    holder: ref[Any] | None = None
    place: str = ""
    commits: int = 0


_here = _Thread()
strict = False
"""Whether slow work under the lock raises, as in the tests; otherwise it is logged and carried out."""


def take(holder: object) -> None:
    """Record that a transaction takes the lock.

    Raises:
        SecondWriter: if another one in this thread holds it.
    """
    place, other = _place(), _holder()
    if other is not None and other is not holder:
        raise SecondWriter(f"a second writing transaction at {place}, while the one of {_here.place} is open")
    _here.holder, _here.place = ref(holder), place


def release(holder: object, *, committed: bool) -> None:
    """Record that a transaction has ended, if it was the holder."""
    if _holder() is holder:
        _here.holder = None
        _here.commits += committed


def held() -> str | None:
    """Return where in the program this thread took the lock that it holds, or None."""
    return _here.place if _holder() is not None else None


def commits() -> int:
    """Return the number of commits by this thread; it shows whether there was one in between."""
    return _here.commits


def refuse(what: str) -> None:
    """Refuse to start slow work while this thread holds the lock.

    Raises:
        SlowUnderLock: in tests; otherwise it is logged.
    """
    place = held()
    if place is None:
        return
    sentence = f"{what} at {_place()}, while the write lock taken at {place} is held"
    if strict:
        raise SlowUnderLock(sentence)
    log.error("write lock: %s", sentence)


def slow(what: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a function too slow to be called while the write lock is held."""

    def declare(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def guarded(*arguments: P.args, **named: P.kwargs) -> T:
            refuse(what)
            return function(*arguments, **named)

        return guarded

    return declare


def _holder() -> Any:
    return _here.holder() if _here.holder is not None else None


def _place() -> str:
    """Return the innermost line of the program itself, skipping libraries and this module."""
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith(OURSELVES):
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}:{frame.f_lineno} ({frame.f_code.co_name})"
