"""Passwords hashed and tried, a few at a time, and never while the database is waited for by others.

A hash takes some 50 ms and 64 MB on purpose. So no transaction may be open meanwhile, and a process makes only a few
at once: whoever floods the sign-in page takes turns, and leaves processor and memory to those who work.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from govern.errors import TooMany
from govern.people.rules import Refusal

AT_ONCE = 2
WAIT = 10.0
"""Seconds to wait for one's turn."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@cache
def hasher() -> PasswordHasher:
    """Give the argon2id hasher, with the library's own (RFC 9106, low memory) parameters."""
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Give a hash that no password fits, so that an unknown address costs as long as a known one."""
    return hasher().hash(secrets.token_urlsafe())


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT):
        raise TooMany(Refusal.BUSY.value, seconds=int(WAIT))
    try:
        yield
    finally:
        _turns.release()


def hashed(password: str) -> str:
    """Hash a new password; the caller has no transaction open.

    Raises:
        TooMany: when others have taken every turn for too long.
    """
    with _turn():
        return hasher().hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Say whether a password fits a hash, and take as long when there is none; the caller has no transaction open.

    Raises:
        TooMany: when others have taken every turn for too long.
    """
    with _turn():
        try:
            return hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def outdated(password_hash: str) -> bool:
    """Say whether a hash was made with other parameters than those of today."""
    return hasher().check_needs_rehash(password_hash)
