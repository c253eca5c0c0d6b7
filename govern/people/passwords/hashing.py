"""Hash and verify passwords, one at a time per process, at low priority, and never while holding the write lock.

A hash deliberately takes four threads and 64 MB for a moment. However many sign-ins or guesses there are, other
requests are served first; the number of waiting requests is bounded, so that they do not occupy all server threads.
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
"""The requests that may wait or hash at a time in a process, some 0.1 seconds each; others are told to try again."""
AGAIN = 10
"""After how many seconds they may try again."""
NICE = 10
"""On a busy machine hashing gets a tenth of the others' CPU time; with much less, nobody could sign in."""

_waiting = threading.BoundedSemaphore(WAITING)
_at_work: dict[int, ThreadPoolExecutor] = {}
_beginning = threading.Lock()


@cache
def hasher() -> PasswordHasher:
    """Return the argon2id hasher, with the library's default parameters (RFC 9106, low memory)."""
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return a hash that no password matches, so that an unknown address takes as long as a known one."""
    return hasher().hash(secrets.token_urlsafe())


@slow("hashing a password")
def hashed(password: str) -> str:
    """Hash a new password.

    Raises:
        TooMany: if too many requests are waiting.
    """
    return _in_turn(lambda: hasher().hash(password))


@slow("trying a password")
def verify(password_hash: str, password: str) -> bool:
    """Return whether a password matches a hash, in the same time if the hash is empty.

    Raises:
        TooMany: if too many requests are waiting.
    """

    def verify() -> bool:
        try:
            return hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False

    return _in_turn(verify)


def outdated(password_hash: str) -> bool:
    """Return whether a hash has parameters other than the current ones."""
    return hasher().check_needs_rehash(password_hash)


def _in_turn(work: Callable[[], T]) -> T:
    if not _waiting.acquire(blocking=False):
        raise TooMany(Refusal.BUSY.value, seconds=AGAIN)
    try:
        return _thread().submit(work).result()
    finally:
        _waiting.release()


def _thread() -> ThreadPoolExecutor:
    """Return this process's hashing thread; a forked process starts a new one."""
    with _beginning:
        if os.getpid() not in _at_work:
            _at_work.clear()
            _at_work[os.getpid()] = ThreadPoolExecutor(1, "hashing", _lower_priority)
        return _at_work[os.getpid()]


def _lower_priority() -> None:
    """Lower the thread's priority, on systems that have priorities for threads (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
