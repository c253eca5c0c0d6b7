"""Accounts and sessions: who can sign in, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from govern import audit
from govern.db import db
from govern.errors import Refused
from govern.people import operations
from govern.people.access import digest, find_session
from govern.people.accounts import operations as accounts
from govern.people.models import Account, Person, SignInSession
from govern.people.passwords import hashing
from govern.people.passwords.hashing import hasher as real_hasher
from govern.people.rules import ATTEMPT_WINDOW, ATTEMPTS, Refusal
from govern.people.sessions import operations as sessions
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.usefixtures("each_database")

AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)
LIFETIME = timedelta(hours=12)
HERE = {"address": "192.0.2.7", "browser": "Prov"}


def sign_in(email: str = "bo@alvsam.example", password: str = PASSWORD, at: datetime = AT) -> tuple[SignInSession, str]:
    """Sign in, as Bo by default."""
    return operations.sign_in(email, password, at=at, **HERE)


def refused(refusal: Refusal, *arguments: object, **named: object) -> None:
    """Expect a refusal when signing in."""
    with pytest.raises(Refused) as caught:
        sign_in(*arguments, **named)  # type: ignore[arg-type]
    assert caught.value.sentence == refusal.value


def actions() -> list[str]:
    """Return the actions in the audit log."""
    return list(db.session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.id)))


def test_passwords_cost_enough_in_production() -> None:
    """The real hasher is argon2id with at least OWASP's memory and passes."""
    hasher = real_hasher()
    assert hasher.type.name == "ID"
    assert (hasher.memory_cost >= 19_456, hasher.time_cost >= 2) == (True, True)


def test_signing_in_starts_a_session(cast: Cast) -> None:
    """The database stores a digest of the cookie's token, so reading it lets nobody in."""
    session, token = sign_in(" BO@alvsam.example ")
    assert session.account.person is cast.bo
    assert (session.token, token in session.token) == (digest(token), False)
    assert find_session(token, at=AT, lifetime=LIFETIME) is session
    assert find_session(token[:-1], at=AT, lifetime=LIFETIME) is None
    assert actions()[-1] == "signed_in"


def test_wrong_password_and_unknown_address_read_alike(cast: Cast) -> None:
    """The answer does not reveal which addresses have accounts."""
    refused(Refusal.WRONG, password="fel lösenord, långt")
    refused(Refusal.WRONG, "eva@alvsam.example")
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_too_many_attempts_are_stopped(cast: Cast) -> None:
    """Even the right password is refused, for that address only, until the window has passed."""
    for _ in range(ATTEMPTS):
        refused(Refusal.WRONG, password="fel lösenord, långt")
    refused(Refusal.TOO_MANY)
    refused(Refusal.TOO_MANY, at=AT + ATTEMPT_WINDOW - timedelta(seconds=1))
    assert sign_in("anna@alvsam.example")
    assert sign_in(at=AT + ATTEMPT_WINDOW)


def test_attempts_are_stopped_before_a_hash_is_made(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise guessing would cost the server more than the guesser."""
    for _ in range(ATTEMPTS):
        refused(Refusal.WRONG, password="fel lösenord, långt")
    monkeypatch.setattr(hashing, "hasher", lambda: pytest.fail("a password was hashed"))
    refused(Refusal.TOO_MANY)


def test_success_forgets_the_failures(cast: Cast) -> None:
    """Occasional mistakes lock nobody out."""
    for _ in range(3):
        for _ in range(ATTEMPTS - 1):
            refused(Refusal.WRONG, password="fel lösenord, långt")
        sign_in()


def test_a_session_ends_by_itself(cast: Cast) -> None:
    """The session ends after its lifetime without a request."""
    _, token = sign_in()
    assert find_session(token, at=AT + LIFETIME, lifetime=LIFETIME)
    assert find_session(token, at=AT + LIFETIME + timedelta(seconds=1), lifetime=LIFETIME) is None


def test_signing_out_ends_this_session_only(cast: Cast) -> None:
    """Other sessions remain."""
    session, token = sign_in()
    _, other = sign_in()
    sessions.sign_out(session, at=AT)
    assert find_session(token, at=AT, lifetime=LIFETIME) is None
    assert find_session(other, at=AT, lifetime=LIFETIME)


def test_a_closed_account_signs_everyone_out(cast: Cast) -> None:
    """All sessions end at once and nobody can sign in; reopening the account does not revive them."""
    assert cast.bo.account
    tokens = [sign_in()[1] for _ in range(2)]
    accounts.set_disabled(cast.bo.account, True, by=cast.ada, at=AT)
    assert [find_session(token, at=AT, lifetime=LIFETIME) for token in tokens] == [None, None]
    refused(Refusal.WRONG)
    accounts.set_disabled(cast.bo.account, False, by=cast.ada, at=AT)
    assert find_session(tokens[0], at=AT, lifetime=LIFETIME) is None
    assert sign_in()


def test_a_session_is_made_fresh_by_the_password(cast: Cast) -> None:
    """Signing a protocol requires a fresh session."""
    session, _ = sign_in()
    later = AT + timedelta(hours=1)
    with pytest.raises(Refused):
        operations.refresh(session, "fel lösenord, långt", address="", at=later)
    assert session.fresh_at == AT
    operations.refresh(session, PASSWORD, address="", at=later)
    assert session.fresh_at == later
    assert actions()[-1] == "signed_in_afresh"


@pytest.mark.parametrize(
    ("name", "email", "refusal"),
    [("  ", None, Refusal.NO_NAME), ("Bo", "BO@alvsam.example", Refusal.EMAIL_TAKEN)],
)
def test_a_person_is_refused(cast: Cast, name: str, email: str | None, refusal: Refusal) -> None:
    """The refusal changes nothing."""
    before = actions()
    with pytest.raises(Refused, match=refusal.value):
        operations.add_person(name, email, by=cast.ada, at=AT)
    assert (actions(), db.session.scalar(select(func.count()).select_from(Person))) == (before, 5)


def test_a_name_is_made_tidy(cast: Cast) -> None:
    """Sealed protocols print the name."""
    assert operations.add_person("  Eva   Ek ", " Eva@Alvsam.example", by=cast.ada, at=AT).name == "Eva Ek"


@pytest.mark.parametrize(
    ("person", "email", "password", "refusal"),
    [
        ("bo", "ny@alvsam.example", PASSWORD, Refusal.HAS_ACCOUNT),
        (None, "BO@alvsam.example", PASSWORD, Refusal.EMAIL_TAKEN),
        (None, "ny@alvsam.example", "elva tecken", Refusal.SHORT),
    ],
)
def test_an_account_is_refused(cast: Cast, person: str | None, email: str, password: str, refusal: Refusal) -> None:
    """An account is refused to a person who has one, for an address in use, and with a short password."""
    whom = getattr(cast, person) if person else operations.add_person("Eva Ek", by=cast.ada, at=AT)
    with pytest.raises(Refused, match=refusal.value):
        operations.add_account(whom, email, password, by=cast.ada, at=AT)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 5


def test_no_password_reaches_the_audit_log(app: Flask, cast: Cast) -> None:
    """Hashes and links do not reach it either."""
    session, _ = sign_in()
    operations.change_own_password(session, PASSWORD, "hemligt och långt", address="", at=AT)
    assert cast.bo.account
    token = accounts.new_link(cast.bo.account, mailed=False, by=cast.ada, at=AT)
    log = str([entry.facts for entry in db.session.scalars(select(audit.AuditEntry))])
    assert not [word for word in (PASSWORD, "hemligt", "argon2", token) if word in log]
