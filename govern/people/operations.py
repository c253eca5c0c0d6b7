"""Accounts are made, people sign in and out."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import select

from govern import audit
from govern.db import db, lock, pause
from govern.errors import Refused, enforce
from govern.people import attempts, factors, hashing
from govern.people.access import digest
from govern.people.models import Account, Person, SignInSession
from govern.people.rules import Refusal, refuse_password

NAME_AND_ADDRESS = re.compile(r"(.+?)\s*\(([^()\s]+@[^()\s]+)\)")


@cache
def hasher() -> PasswordHasher:
    """Give the argon2id hasher, with the library's own (RFC 9106, low memory) parameters."""
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Give a hash that no password fits, so that an unknown address costs as long as a known one."""
    return hashing.hashed(hasher(), secrets.token_urlsafe())


def add_person(name: str, email: str | None = None, *, phone: str = "", by: Person | None, at: datetime) -> Person:
    """Add a person.

    Raises:
        Refused: when the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), _address(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email and db.session.scalar(select(Person).where(Person.email == email)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    person = Person(name=name, email=email, phone=phone)
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    db.session.commit()
    return person


def named_person(name: str, email: str | None = None, *, by: Person, at: datetime) -> Person:
    """Find the person someone means by a name, or add them, within the caller's transaction.

    The name may carry its address, `Anna Ask (anna@kommun.se)`, as a list of choices writes those who share a name.
    An address that is given settles who it is; a name that only one person has settles it otherwise.

    Raises:
        Refused: when the name is blank, several people have it, or the address is somebody else's.
    """
    written = NAME_AND_ADDRESS.fullmatch(name.strip())
    name, email = (written[1], _address(written[2])) if written else (name, _address(email))
    name = " ".join(name.split())
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email:
        known = db.session.scalar(select(Person).where(Person.email == email))
        if known is not None and known.name.casefold() != name.casefold():
            raise Refused(Refusal.ADDRESS_OF_ANOTHER, "email")
        found = [known] if known else []
    else:
        found = list(db.session.scalars(select(Person).where(Person.name == name).limit(2)))
    if len(found) > 1:
        raise Refused(Refusal.SEVERAL, "name")
    if found:
        return found[0]
    person = Person(name=name, email=email, phone="")
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    return person


def change_person(person: Person, name: str, email: str | None, phone: str, *, by: Person, at: datetime) -> None:
    """Change a person's name and addresses; protocols already sealed keep what they say.

    Raises:
        Refused: when the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), _address(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email and db.session.scalar(select(Person).where(Person.email == email, Person.id != person.id)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    person.name, person.email, person.phone = name, email, phone
    audit.write("person.changed", person, by=by, at=at)
    db.session.commit()


def add_account(
    person: Person, email: str, password: str, *, administrator: bool = False, by: Person | None, at: datetime
) -> Account:
    """Give a person an account.

    Raises:
        Refused: when they have one, the address is taken, or the password is too short.
    """
    email = _address(email) or ""
    if person.account:
        raise Refused(Refusal.HAS_ACCOUNT, "email")
    if db.session.scalar(select(Account).where(Account.email == email)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    enforce(refuse_password(password), "password")
    pause()
    password_hash = hashing.hashed(hasher(), password)
    lock()
    if person.account:
        raise Refused(Refusal.HAS_ACCOUNT, "email")
    if db.session.scalar(select(Account).where(Account.email == email)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    account = Account(person=person, email=email, password_hash=password_hash, administrator=administrator)
    db.session.add(account)
    audit.write("account.added", account, by=by, at=at, administrator=administrator)
    db.session.commit()
    return account


def change_account(
    account: Account, *, administrator: bool, disabled: bool, password: str | None, by: Person, at: datetime
) -> None:
    """Change what an account may do; a new password or a disabled account ends every session of it.

    Raises:
        Refused: when the new password is too short.
    """
    if password:
        enforce(refuse_password(password), "password")
        pause()
        password_hash = hashing.hashed(hasher(), password)
        lock()
        account.password_hash = password_hash
    account.administrator = administrator
    account.disabled_at = (account.disabled_at or at) if disabled else None
    if password or disabled:
        for session in account.sessions:
            session.ended_at = session.ended_at or at
    audit.write(
        "account.changed",
        account,
        by=by,
        at=at,
        administrator=administrator,
        disabled=disabled,
        password=bool(password),
    )
    db.session.commit()


def check_password(email: str, password: str, *, address: str, at: datetime) -> Account:
    """Give the account whose address and password these are. Where it has a second factor, that is still to be given.

    Raises:
        Refused: when they do not fit, or too many attempts failed lately.
    """
    email = _address(email) or ""
    attempts.limit(email, at=at)
    account = db.session.scalar(select(Account).where(Account.email == email, Account.disabled_at.is_(None)))
    tried = account.password_hash if account else ""
    pause()
    if not _fits(tried, password) or account is None:
        raise attempts.fail(email, Refusal.WRONG, address=address, at=at)
    rehashed = hashing.hashed(hasher(), password) if hasher().check_needs_rehash(tried) else tried
    lock()  # What follows in the caller's transaction, a code or a session, belongs to the account as it is now.
    if account.disabled_at is not None or account.password_hash != tried:  # Read anew: it was changed meanwhile.
        raise attempts.fail(email, Refusal.WRONG, address=address, at=at)
    if rehashed != tried:
        account.password_hash = rehashed
    return account


def start_session(
    account: Account, *, strong: bool, address: str, browser: str, at: datetime
) -> tuple[SignInSession, str]:
    """Start a session for whoever has given all that the account asks; give it and the token for its cookie."""
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
    attempts.forget(account.email)
    audit.write("signed_in", account, by=account.person, at=at, strong=strong)
    db.session.commit()
    return session, token


def sign_in(
    email: str, password: str, code: str = "", *, address: str, browser: str, at: datetime
) -> tuple[SignInSession, str]:
    """Start a session by the password, and by a code where the account has a second factor.

    Raises:
        Refused: when something does not fit, or too many attempts failed lately.
    """
    account = check_password(email, password, address=address, at=at)
    strong = bool(account.factors)
    if strong:
        factors.check_code(account, code, address=address, at=at)
    return start_session(account, strong=strong, address=address, browser=browser, at=at)


def refresh(session: SignInSession, password: str, code: str = "", *, address: str, at: datetime) -> None:
    """Make a session fresh by its account's password, and by a code where it has a second factor, as signing asks.

    Raises:
        Refused: when something does not fit, or too many attempts failed lately.
    """
    account = check_password(session.account.email, password, address=address, at=at)
    if account.factors:
        factors.check_code(account, code, address=address, at=at)
    freshen(session, first=True, second=bool(account.factors), at=at)


def freshen(session: SignInSession, *, first: bool, second: bool, at: datetime) -> None:
    """Note that whoever sits at this browser has just given the password (`first`), a second factor, or both."""
    if first:
        session.fresh_at = at
    if second:
        session.strong_at = at
    attempts.forget(session.account.email)
    audit.write("signed_in_afresh", session.account, by=session.account.person, at=at, first=first, second=second)
    db.session.commit()


def change_own_password(session: SignInSession, old: str, new: str, *, address: str, at: datetime) -> None:
    """Change one's own password by the old one; every other browser is signed out.

    Raises:
        Refused: when the old one does not fit, too many attempts failed lately, or the new one is too short.
    """
    account = session.account
    attempts.limit(account.email, at=at)
    tried, email = account.password_hash, account.email
    pause()
    if not _fits(tried, old):
        raise attempts.fail(email, Refusal.WRONG_OLD, "old", address=address, at=at)
    enforce(refuse_password(new), "new")
    fresh = hashing.hashed(hasher(), new)
    lock()
    if account.password_hash != tried:
        raise Refused(Refusal.WRONG_OLD, "old")
    account.password_hash = fresh
    audit.write("password.changed", account, by=account.person, at=at)
    end_sessions(account, but=session, by=account.person, at=at)


def end_sessions(account: Account, *, but: SignInSession | None, by: Person, at: datetime) -> None:
    """Sign an account out of every browser but one, and commit."""
    for session in account.sessions:
        if session is not but:
            session.ended_at = session.ended_at or at
    audit.write("sessions.ended", account, by=by, at=at)
    db.session.commit()


def sign_out(session: SignInSession, *, at: datetime) -> None:
    """End a session."""
    session.ended_at = session.ended_at or at
    audit.write("signed_out", session.account, by=session.account.person, at=at)
    db.session.commit()


def _fits(password_hash: str, password: str) -> bool:
    """Say whether a password is the one of a hash; without a hash it takes as long."""
    return hashing.fits(hasher(), password_hash or _nobody(), password)


def _address(email: str | None) -> str | None:
    return email.strip().lower() or None if email else None
