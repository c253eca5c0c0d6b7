"""How long a session lasts, what a right requires, and when a sign-in is fresh, at the exact limits."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from govern.db import db
from govern.people import access
from govern.people.access import NEVER, Right, digest, find_session, given_at, pending_account, pending_sign_in
from govern.people.models import SignInSession
from govern.people.queries import live_sessions
from tests import make
from tests.cast import Cast
from tests.make import AT
from tests.plain import Row

LIFETIME = timedelta(hours=12)
SECOND = timedelta(seconds=1)


def session_of(cast: Cast, **values: Any) -> SignInSession:
    """Sign Anna in."""
    usual = {"token": digest("token"), "started_at": AT, "seen_at": AT, "fresh_at": AT}
    row = make.add(SignInSession(account=cast.anna.account, **usual | values))
    make.commit()
    return row


def found(**at: Any) -> SignInSession | None:
    """Look the session up at a later time."""
    db.session.expire_all()
    return find_session("token", at=AT + timedelta(**at), lifetime=LIFETIME)


def test_a_session_holds_for_its_hours(cast: Cast) -> None:
    session = session_of(cast)
    assert found(hours=12) is session
    assert found(hours=12, seconds=1) is None
    assert find_session("another", at=AT, lifetime=LIFETIME) is None


def test_a_session_ends_after_a_month_however_much_it_is_used(cast: Cast) -> None:
    """The limit is 30 days (OWASP ASVS 5.0, 7.3.2)."""
    session = session_of(cast, seen_at=AT + timedelta(days=30))
    assert found(days=30) is session
    assert found(days=30, seconds=1) is None
    listed = [live_sessions(session.account, at=AT + timedelta(days=30, seconds=s), lifetime=LIFETIME) for s in (0, 1)]
    assert listed == [[session], []]


def test_a_session_that_was_ended_or_whose_account_is_closed(cast: Cast) -> None:
    session = session_of(cast)
    assert found() is session
    session.ended_at = AT
    make.commit()
    assert found() is None
    session.ended_at, session.account.disabled_at = None, AT
    make.commit()
    assert found() is None


def test_half_a_sign_in_waits_for_five_minutes(cast: Cast) -> None:
    """A pending sign-in is also void once the account has changed."""
    account = cast.anna.account
    assert account is not None
    half = pending_sign_in(account, AT)
    assert pending_account(half, AT + access.SECOND_STEP) is account
    assert pending_account(half, AT + access.SECOND_STEP + SECOND) is None
    assert pending_account(None, AT) is None
    assert pending_account(half | {"account": 999}, AT) is None
    assert pending_account(half | {"credentials": "other"}, AT) is None
    account.disabled_at = AT
    assert pending_account(half, AT) is None
    assert pending_account(pending_sign_in(account, AT), AT) is None


@pytest.mark.parametrize(
    ("demand", "factors", "strong", "given"),
    [
        ("offered", [], None, AT),
        ("offered", [Row()], None, NEVER),
        ("offered", [Row()], AT - SECOND, AT - SECOND),
        ("offered", [Row()], AT + SECOND, AT),
        ("required", [], None, NEVER),
        ("required", [], AT - SECOND, AT - SECOND),
    ],
)
def test_when_all_was_given(demand: str, factors: list[Any], strong: Any, given: Any) -> None:
    """The older of the password and, where demanded, the second factor counts."""
    session: Any = SimpleNamespace(fresh_at=AT, strong_at=strong, account=Row(factors=factors))
    assert given_at(session, demand) == given


@pytest.mark.parametrize(
    ("account", "is_one"),
    [
        (None, False),
        (Row(administrator=True), True),
        (Row(administrator=False), False),
        (Row(administrator=True, disabled_at=AT), False),
    ],
)
def test_who_is_an_administrator(account: Any, is_one: bool) -> None:
    person: Any = Row(account=account)
    assert access.is_administrator(person) is is_one
    assert access.ADMINISTRATOR.test(person, None) is is_one
    assert access.ADMINISTRATOR.test(None, None) is False


def test_the_plainest_rights() -> None:
    person: Any = Row(id=7)
    mine, others = Row(account=Row(person_id=7)), Row(account=Row(person_id=8))
    assert (access.owns(person, mine), access.owns(person, others), access.owns(None, mine)) == (True, False, False)
    assert (access.SIGNED_IN.test(person, None), access.SIGNED_IN.test(None, None)) == (True, False)
    assert access.ANYONE.test(None, None)
    assert access.ANYONE.public
    assert not any(right.public for right in (access.SIGNED_IN, access.ADMINISTRATOR, access.OWNS))
    inner = Right("owns", "Nej.", access.owns).of(lambda loaded: loaded.row)
    assert inner.test(person, Row(row=mine))
    assert not inner.test(person, Row(row=others))
    assert (inner.name, inner.sentence, inner.public) == ("owns", "Nej.", False)
    assert access.ANYONE.of(lambda row: row).public


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("text", True),
        (("text", 200), True),
        (("text", 404), False),
        (("text", {"X": "y"}), True),
        (Row(status_code=200), True),
        (Row(status_code=303), False),
        (Row(status_code=304), False),
        ((Row(status_code=200), 422), False),
    ],
)
def test_which_answers_show_a_page(answer: Any, shown: bool) -> None:
    """Only a page that was shown is logged as read."""
    assert access._shown(answer) is shown


def test_how_long_things_last() -> None:
    """The durations are those that docs/asvs.md promises."""
    assert timedelta(minutes=5) == access.SEEN_EVERY
    assert timedelta(days=30) == access.LONGEST
