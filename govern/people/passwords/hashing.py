"""Passwords hashed and tried one at a time a process, at a lower priority, and never while the database is locked.

A hash takes all the cores and 64 MB for a moment, on purpose. However many sign in at once, or try passwords, those who
work are served first; those who wait are bounded too, so that they do not take every thread of the server.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from govern.errors import TooMany
from govern.people.rules import Refusal
from govern.write_lock import slow

T = TypeVar("T")

WAITING = 6
"""How many may wait for their turn in a process. One more is told to try again; a turn takes some 0.1 seconds."""
AGAIN = 10
"""Seconds after which they may."""
NICE = 10
"""Where all want the cores it gets a tenth of what others do. Much lower, nobody could sign in to a busy server."""

_waiting = threading.BoundedSemaphore(WAITING)
_at_work: dict[int, ThreadPoolExecutor] = {}
_beginning = threading.Lock()


@cache
def hasher() -> PasswordHasher:
    """Return the argon2id hasher, with the library's own (RFC 9106, low memory) parameters."""
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return a hash that no password fits, so that an unknown address costs as long as a known one."""
    return hasher().hash(secrets.token_urlsafe())


@slow("hashing a password")
def hashed(password: str) -> str:
    """Hash a new password.

    Raises:
        TooMany: when too many wait already.
    """
    return _in_turn(lambda: hasher().hash(password))


@slow("trying a password")
def fits(password_hash: str, password: str) -> bool:
    """Return whether a password fits a hash, and take as long when there is none.

    Raises:
        TooMany: when too many wait already.
    """

    def verify() -> bool:
        try:
            return hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False

    return _in_turn(verify)


def outdated(password_hash: str) -> bool:
    """Return whether a hash was made with other parameters than those of today."""
    return hasher().check_needs_rehash(password_hash)


def _in_turn(work: Callable[[], T]) -> T:
    if not _waiting.acquire(blocking=False):
        raise TooMany(Refusal.BUSY.value, seconds=AGAIN)
    try:
        return _thread().submit(work).result()
    finally:
        _waiting.release()


def _thread() -> ThreadPoolExecutor:
    """Return this process its thread; a process that was forked from another begins one of its own."""
    with _beginning:
        if os.getpid() not in _at_work:
            _at_work.clear()
            _at_work[os.getpid()] = ThreadPoolExecutor(1, "hashing", _give_way)
        return _at_work[os.getpid()]


def _give_way() -> None:
    """Let the other threads go first, where the system tells threads apart (Linux); else all are equal."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
