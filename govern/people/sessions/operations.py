"""Start, freshen and end sessions."""

from __future__ import annotations

import secrets
from datetime import datetime

from govern import audit
from govern.db import commit_step, db, lock, lock_anew, save_changes
from govern.errors import Refused
from govern.people import attempts
from govern.people.access import credentials_of, digest
from govern.people.attempts import Limit
from govern.people.models import Account, Person, SignInSession
from govern.people.rules import Refusal
from govern.people.sessions import devices


def limits_of(
    email: str, account: Account | None, device: str, *, address: str, at: datetime, kind: str
) -> list[Limit]:
    """Return the limits for a sign-in attempt; a browser that the account knows has its own."""
    if account is not None and devices.knows(account.id, device, at=at):
        return attempts.at_known(account.email, devices.digest(account.id, device))
    return attempts.outside(address, email, kind=kind)


def limits_within(session: SignInSession) -> list[Limit]:
    """Return the limit for attempts within a session."""
    return attempts.at_known(session.account.email, f"session {session.id}")


def start(
    account: Account, credentials: str, *, strong: bool, address: str, browser: str, device: str = "", at: datetime
) -> tuple[SignInSession, str]:
    """Start a session after all required factors have been given; return it and its cookie's token.

    `credentials` is the digest (`credentials_of`) of the account when the factors were checked. The browser is
    recognised from now on.

    Raises:
        Refused: if the account's credentials have changed since, by a reset for instance.
    """
    lock_anew()
    if credentials_of(account) != credentials:
        raise Refused(Refusal.HALF_LAPSED if strong else Refusal.WRONG)
    token = secrets.token_urlsafe(32)
    session = SignInSession(
        account=account,
        token=digest(token),
        started_at=at,
        seen_at=at,
        fresh_at=at,
        strong_at=at if strong else None,
        address=address,
        browser=browser[:300],
    )
    db.session.add(session)
    for kind in attempts.KINDS:  # Delete the account's or this browser's counts, but not those shared with others.
        attempts.forget(limits_of(account.email, account, device, address=address, at=at, kind=kind))
    devices.remember(account, device, at=at)
    audit.write("signed_in", account, by=account.person, at=at, strong=strong)
    save_changes()
    return session, token


def check_password_again(account: Account, password_hash: str) -> None:
    """Take the lock again after a commit and check that the password just verified is still valid.

    Raises:
        Refused: if the password has been changed meanwhile or the account disabled.
    """
    lock()
    if account.disabled_at or account.password_hash != password_hash:
        raise Refused(Refusal.WRONG)


def freshen(session: SignInSession, *, first: bool, second: bool, at: datetime) -> None:
    """Record that the user has just given the password (`first`), a second factor (`second`) or both."""
    lock_anew()
    if first:
        session.fresh_at = at
    if second:
        session.strong_at = at
    attempts.forget(limits_within(session))
    audit.write("signed_in_afresh", session.account, by=session.account.person, at=at, first=first, second=second)
    commit_step()  # The factors were valid even if the operation they were required for fails.


def end(account: Account, *, but: SignInSession | None, by: Person | None, at: datetime) -> None:
    """Sign an account out of every browser but one, in the caller's transaction."""
    ended = [session for session in account.sessions if session is not but and session.ended_at is None]
    for session in ended:
        session.ended_at = at
    audit.write("sessions.ended", account, by=by, at=at, count=len(ended))


def end_others(session: SignInSession, *, at: datetime) -> None:
    """Sign out of every browser except this one."""
    end(session.account, but=session, by=session.account.person, at=at)
    save_changes()


def sign_out(session: SignInSession, *, at: datetime) -> None:
    """End a session."""
    session.ended_at = session.ended_at or at
    audit.write("signed_out", session.account, by=session.account.person, at=at)
    save_changes()
