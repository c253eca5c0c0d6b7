"""What is tried is counted first, atomically: a password, a code, a passkey, a link. Whoever succeeds gets it back.

The first attempt over a limit is noted in the log, the others of the same window are not: nobody can fill it.

The count is kept in a short transaction of its own, before anything is hashed. Each attempt is counted against several
limits at once, in windows of a quarter of an hour that begin with the first attempt; of two who try at the same moment
the database lets only as many through as the limit has left. A browser that has been signed in to an account before is
counted by itself (`people/sessions/devices.py`), so that nobody can lock the owner out by trying.

Unknown addresses are counted as known ones are. The table is bounded: nothing is counted once everybody together has
tried too often, and what is older than the window is cleared away.
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
"""What is counted for each account: passwords with codes, and passkeys, which nobody guesses, by themselves."""
SHARED = {"all", "address"}
"""What is counted whichever the account."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that is counted, and how often it may be tried in vain within a window."""

    kind: str
    value: str
    most: int
    account: str = ""
    """The address of the account that is tried, if it is one account's limit."""

    @property
    def key(self) -> str:
        """Name it in the database, keyed by the installation's secret: addresses are not kept in the open."""
        written = f"{self.kind}:{self.value}".encode()
        return hmac.new(secrets_box.derive(PURPOSE), written, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt that was counted: what was counted, and in the windows that began when."""

    windows: Sequence[tuple[str, datetime]]


def outside(address: str, account: str = "", *, kind: str = BY_PASSWORD) -> list[Limit]:
    """Count an attempt from an unknown browser: with everybody's, with its network's, and with the account's."""
    limits = [Limit("all", "", ALL_ATTEMPTS), Limit("address", network(address), ADDRESS_ATTEMPTS)]
    return [*limits, Limit(kind, account, ATTEMPTS, account)] if account else limits


def at_links(address: str) -> list[Limit]:
    """Count an unknown one-time link, apart from sign-ins: 256 bits are guessed by nobody, and dead links are many."""
    return [Limit("all links", "", ALL_ATTEMPTS), Limit("links", network(address), ADDRESS_ATTEMPTS)]


def at_known(account: str, device: str) -> list[Limit]:
    """Count an attempt from a browser that has been signed in to the account before, or is now."""
    return [Limit("known", f"{account}:{device}", KNOWN_ATTEMPTS, account)]


def network(address: str) -> str:
    """Return whose an address is: an IPv6 address is counted by its /64, of which one household has them all."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def take(limits: Sequence[Limit], *, at: datetime) -> Taken:
    """Count an attempt before it is made, in a transaction of its own; nothing may be changed before it.

    Raises:
        TooMany: when a limit is reached; then nothing is counted, and no lock was taken when it was so already.
    """
    keys = {limit.key: limit for limit in limits}
    _stop_at_full(keys, at)
    windows = []
    for key, limit in keys.items():  # In a fixed order, everybody's first: no two wait for each other.
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
    """Count a right attempt no longer, in a transaction of its own."""
    for key, since in taken.windows:
        db.session.execute(
            update(SignInAttempt)
            .where(SignInAttempt.key == key, SignInAttempt.since == since, SignInAttempt.count > 0)
            .values(count=SignInAttempt.count - 1)
        )
    commit_step()


def forget(limits: Sequence[Limit]) -> None:
    """Forget what an account's own owner tried in vain before getting in, within the caller's transaction."""
    own = [limit.key for limit in limits if limit.kind not in SHARED]
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(own)))


def _stop_at_full(keys: dict[str, Limit], at: datetime) -> None:
    """Look first without writing, so that a flood costs nobody else the lock."""
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
    """Note in the log that a limit has been run over: by whoever is first to, of any who are at once."""
    first = update(SignInAttempt).values(count=limit.most + 1)
    first = first.where(SignInAttempt.key == key, SignInAttempt.since == since, SignInAttempt.count == limit.most)
    result = db.session.execute(first)
    if isinstance(result, CursorResult) and result.rowcount == 1:
        account = db.session.scalar(select(Account).where(Account.email == limit.account)) if limit.account else None
        audit.write("sign_in.limited", account, by=None, at=at, limit=limit.kind, count=limit.most)
    commit_step()


def _too_many(since: datetime, at: datetime) -> TooMany:
    return TooMany(Refusal.TOO_MANY.value, seconds=math.ceil((since + ATTEMPT_WINDOW - at).total_seconds()))


def _counting() -> Any:
    """Add one to a window, or begin a new one where there is none or it has passed: one statement, so atomic."""
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
