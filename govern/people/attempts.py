"""Rate limits on passwords, codes, passkeys and links.

An attempt is counted before it is made and refunded on success. Only the first attempt over a limit in a window is
logged, so that nobody can fill the log.

Counting takes a short separate transaction before anything is hashed. Each attempt is counted against several limits,
in windows of a quarter of an hour that begin with the first attempt; the count is atomic, so that concurrent attempts
cannot exceed a limit. A browser that has been signed in to the account before has its own limit
(`people/sessions/devices.py`), so that nobody can lock the owner out.

Unknown addresses are counted like known ones. The table is bounded: nothing is counted once the limit for everybody is
reached, and expired windows are deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult

from govern import audit, secrets_box
from govern.addresses import spellings
from govern.db import UTCDateTime, commit_step, db, pause
from govern.errors import TooMany
from govern.people.models import Account, SignInAttempt
from govern.people.rules import (
    ADDRESS_ATTEMPTS,
    ALL_ATTEMPTS,
    ATTEMPT_WINDOW,
    ATTEMPTS,
    KNOWN_ATTEMPTS,
    Refusal,
)

PURPOSE = "govern attempts"
BY_PASSWORD, BY_PASSKEY = KINDS = ("account", "passkey")
"""The limits of an account: passwords and codes share one; passkeys, which cannot be guessed, have another."""
SHARED = {"all", "address"}
"""The kinds of limits that are not tied to one account."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A counted thing and the failed attempts it allows within a window."""

    kind: str
    value: str
    most: int
    account: str = ""
    """The address of the account tried, if the limit is for one account."""

    @property
    def key(self) -> str:
        """The key in the database: an HMAC, so that addresses are not stored in plain text."""
        written = f"{self.kind}:{self.value}".encode()
        return hmac.new(secrets_box.derive(PURPOSE), written, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """A counted attempt: the keys of its limits and the starts of their windows."""

    windows: Sequence[tuple[str, datetime]]


def outside(address: str, account: str = "", *, kind: str = BY_PASSWORD) -> list[Limit]:
    """Return the limits for an unknown browser: everybody's, its network's and the account's."""
    limits = [Limit("all", "", ALL_ATTEMPTS), Limit("address", network(address), ADDRESS_ATTEMPTS)]
    return [*limits, Limit(kind, account, ATTEMPTS, account)] if account else limits


def at_links(address: str) -> list[Limit]:
    """Return the limits for unknown one-time links, which are apart from sign-ins, since old links are common."""
    return [Limit("all links", "", ALL_ATTEMPTS), Limit("links", network(address), ADDRESS_ATTEMPTS)]


def at_known(account: str, device: str) -> list[Limit]:
    """Return the limit for a browser that has been, or is now, signed in to the account."""
    return [Limit("known", f"{account}:{device}", KNOWN_ATTEMPTS, account)]


def network(address: str) -> str:
    """Return the network that an address is counted by: for IPv6 its /64, which one household has to itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def take(limits: Sequence[Limit], *, at: datetime) -> Taken:
    """Count an attempt before it is made, in a separate transaction; the session must have no changes.

    Raises:
        TooMany: if a limit is reached; the attempt is then not counted.
    """
    keys = {limit.key: limit for limit in limits}
    _stop_at_full(keys, at)
    windows = []
    for key, limit in keys.items():  # In a fixed order, the shared limits first, to avoid deadlocks.
        count, since = db.session.execute(_counting(), {"new": key, "now": at, "old": at - ATTEMPT_WINDOW}).one()
        if count > limit.most:
            db.session.rollback()
            _run_over(key, since, limit, at)
            raise _too_many(since, at)
        if count == 1 and limit.kind in {"all", "all links"}:
            db.session.execute(delete(SignInAttempt).where(SignInAttempt.since <= at - ATTEMPT_WINDOW))
        windows.append((key, since))
    commit_step()
    return Taken(windows)


def give_back(taken: Taken) -> None:
    """Refund a successful attempt, in a separate transaction."""
    for key, since in taken.windows:
        db.session.execute(
            update(SignInAttempt)
            .where(SignInAttempt.key == key, SignInAttempt.since == since, SignInAttempt.count > 0)
            .values(count=SignInAttempt.count - 1)
        )
    commit_step()


def forget(limits: Sequence[Limit]) -> None:
    """Delete the failed attempts counted for the account or browser, in the caller's transaction."""
    own = [limit.key for limit in limits if limit.kind not in SHARED]
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(own)))


def _stop_at_full(keys: dict[str, Limit], at: datetime) -> None:
    """Check the limits without writing first, so that a flood of attempts does not hold the write lock."""
    query = select(SignInAttempt.key, SignInAttempt.count, SignInAttempt.since).where(SignInAttempt.key.in_(keys))
    pause()
    rows = db.session.execute(query.where(SignInAttempt.since > at - ATTEMPT_WINDOW)).all()
    pause()
    full = [(key, count, since) for key, count, since in rows if count >= keys[key].most]
    for key, count, since in full:
        if count == keys[key].most:
            _run_over(key, since, keys[key], at)
    if full:
        raise _too_many(max(since for _, _, since in full), at)


def _run_over(key: str, since: datetime, limit: Limit, at: datetime) -> None:
    """Log that a limit was exceeded, once per window even with concurrent attempts."""
    first = update(SignInAttempt).values(count=limit.most + 1)
    first = first.where(SignInAttempt.key == key, SignInAttempt.since == since, SignInAttempt.count == limit.most)
    result = db.session.execute(first)
    if isinstance(result, CursorResult) and result.rowcount == 1:
        account = (
            db.session.scalar(select(Account).where(Account.email.in_(spellings(limit.account))))
            if limit.account
            else None
        )
        audit.write("sign_in.limited", account, by=None, at=at, limit=limit.kind, count=limit.most)
    commit_step()


def _too_many(since: datetime, at: datetime) -> TooMany:
    return TooMany(Refusal.TOO_MANY.value, seconds=math.ceil((since + ATTEMPT_WINDOW - at).total_seconds()))


def _counting() -> Any:
    """Return the atomic statement that increments a window, or starts a new one if it is missing or expired."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.engine.dialect.name]
    now, old = bindparam("now", type_=UTCDateTime), bindparam("old", type_=UTCDateTime)
    passed = SignInAttempt.since <= old
    return (
        insert(SignInAttempt)
        .values(key=bindparam("new"), count=1, since=now)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.key],
            set_={
                "count": case((passed, 1), else_=SignInAttempt.count + 1),
                "since": case((passed, now), else_=SignInAttempt.since),
            },
        )
        .returning(SignInAttempt.count, SignInAttempt.since)
    )
