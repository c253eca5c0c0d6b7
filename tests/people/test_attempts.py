"""Limits on guessing passwords: attempts are counted before they are tried, by account, by network and in all."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from govern.audit import AuditEntry
from govern.db import db
from govern.errors import Refused, TooMany
from govern.people import attempts, operations
from govern.people.accounts import operations as accounts
from govern.people.models import KnownDevice, SignInAttempt
from govern.people.passwords import hashing
from govern.people.rules import (
    ADDRESS_ATTEMPTS,
    ALL_ATTEMPTS,
    ATTEMPT_WINDOW,
    ATTEMPTS,
    KNOWN_ATTEMPTS,
    Refusal,
)
from govern.people.sessions import devices
from tests.browse import Browser
from tests.cast import PASSWORD, Cast
from tests.statements import counted

Browse = Callable[..., Browser]
AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)
BO = "bo@alvsam.example"
WRONG = "fel lösenord, långt"


def guess(
    email: str = BO, password: str = WRONG, address: str = "192.0.2.7", device: str = "", at: datetime = AT
) -> Any:
    """Try to sign in; return the refusal's sentence, or None."""
    try:
        operations.sign_in(email, password, address=address, browser="Prov", device=device, at=at)
    except Refused as refused:
        return refused.sentence
    return None


def rows() -> int:
    """Count the stored attempts."""
    return db.session.scalar(select(func.count()).select_from(SignInAttempt)) or 0


def at_once(app: Flask, number: int, work: Callable[[], None]) -> list[str]:
    """Run an operation in `number` threads at once; return the sentences of the refusals."""
    gate, refused = threading.Barrier(number), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                work()
            except Refused as error:
                refused.append(error.sentence)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


@pytest.mark.usefixtures("each_database")
def test_no_more_get_through_at_once_than_the_limit(app: Flask, cast: Cast) -> None:
    """Of ten concurrent attempts, as many as the limit pass, and the others are refused."""
    db.session.rollback()
    refused = at_once(app, 10, lambda: attempts.take(attempts.outside("192.0.2.7", BO), at=AT) and None)
    assert refused == [Refusal.TOO_MANY] * (10 - ATTEMPTS)


@pytest.mark.usefixtures("each_database")
def test_a_window_passes(cast: Cast) -> None:
    """An attempt passes after the time that the refusal states, and not before."""
    for _ in range(ATTEMPTS):
        assert guess() == Refusal.WRONG
    with pytest.raises(TooMany) as caught:
        attempts.take(attempts.outside("192.0.2.9", BO), at=AT + timedelta(minutes=5))
    wait = timedelta(seconds=caught.value.seconds)
    assert wait == ATTEMPT_WINDOW - timedelta(minutes=5)
    assert guess(password=PASSWORD, at=AT + timedelta(minutes=5) + wait - timedelta(seconds=1)) == Refusal.TOO_MANY
    assert guess(password=PASSWORD, at=AT + timedelta(minutes=5) + wait) is None


@pytest.mark.usefixtures("each_database")
def test_a_known_browser_is_not_locked_out(cast: Cast) -> None:
    """The owner can sign in from a known browser however many guess elsewhere; that browser has its own limit."""
    assert cast.bo.account
    device = devices.remember(cast.bo.account, "", at=AT)
    db.session.commit()
    for _ in range(ATTEMPTS):
        assert guess() == Refusal.WRONG
    assert guess(password=PASSWORD) == Refusal.TOO_MANY
    assert guess(password=PASSWORD, device=device) is None
    assert guess(password=PASSWORD, device="somebody else's") == Refusal.TOO_MANY
    for _ in range(KNOWN_ATTEMPTS):
        assert guess(device=device) == Refusal.WRONG
    assert guess(password=PASSWORD, device=device) == Refusal.TOO_MANY
    assert guess("anna@alvsam.example", PASSWORD, device=device) is None


def test_one_network_is_stopped(cast: Cast) -> None:
    """The limit holds across accounts; an IPv6 /64 counts as one network."""
    for number in range(ADDRESS_ATTEMPTS):
        attempts.take(attempts.outside(f"2001:db8:1:2::{number:x}", f"nobody{number}@alvsam.example"), at=AT)
    assert guess(password=PASSWORD, address="2001:db8:1:2:ffff::1") == Refusal.TOO_MANY
    assert guess(password=PASSWORD, address="2001:db8:1:3::1") is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network(address: str, network: str) -> None:
    """Attempts are counted by IPv4 address or IPv6 /64."""
    assert attempts.network(address) == network


def test_everybody_together_is_stopped(cast: Cast) -> None:
    """Attempts from everywhere are bounded together, and so is the table; known browsers still get in."""
    assert cast.bo.account
    device = devices.remember(cast.bo.account, "", at=AT)
    db.session.commit()
    for number in range(ALL_ATTEMPTS):
        attempts.take(attempts.outside(f"10.0.{number // 250}.{number % 250}", f"x{number}@alvsam.example"), at=AT)
    most = rows()
    assert guess(password=PASSWORD) == Refusal.TOO_MANY
    assert (rows(), most) == (most, 2 * ALL_ATTEMPTS + 1)
    assert guess(password=PASSWORD, device=device) is None
    assert guess(at=AT + ATTEMPT_WINDOW) == Refusal.WRONG
    assert rows() <= 4


def test_unknown_addresses_are_counted_alike(cast: Cast) -> None:
    """Neither the sentence nor the limit reveals whether an account exists."""
    for email in (BO, "eva@alvsam.example"):
        said = [guess(email, address=f"192.0.2.{len(email)}") for _ in range(ATTEMPTS + 1)]
        assert said == [Refusal.WRONG] * ATTEMPTS + [Refusal.TOO_MANY]


def test_addresses_are_not_kept_in_the_open(cast: Cast) -> None:
    """The table reveals neither who tried nor from where."""
    guess()
    assert not [key for key in db.session.scalars(select(SignInAttempt.key)) if BO in key or "192" in key]


def test_no_transaction_is_open_while_a_password_is_hashed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction is open while a password is hashed, which would make other writers wait."""
    seen = []
    real = hashing._in_turn

    def watching(work: Callable[[], Any]) -> Any:
        seen.append(db.session().in_transaction())
        return real(work)

    monkeypatch.setattr(hashing, "_in_turn", watching)
    monkeypatch.setattr(hashing, "outdated", lambda _hash: True)
    session, _ = operations.sign_in(BO, PASSWORD, address="", browser="", at=AT)
    operations.refresh(session, PASSWORD, address="", at=AT)
    operations.change_own_password(session, PASSWORD, "korrekt häst batteri", address="", at=AT)
    assert (len(seen), any(seen)) == (6, False)


def test_few_are_hashed_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password is hashed at a time, `WAITING` wait, and further requests are refused."""
    now, most, lock = 0, 0, threading.Lock()
    done = threading.Event()

    class Counting:
        def hash(self, password: str) -> str:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            done.wait(0.3)
            with lock:
                now -= 1
            return password

    monkeypatch.setattr(hashing, "hasher", Counting)
    refused = at_once(app, hashing.WAITING + 2, lambda: hashing.hashed("lösenord") and None)
    assert set(refused) == {Refusal.BUSY}
    assert len(refused) == 2
    assert most == 1


def test_known_browsers_are_bounded(cast: Cast) -> None:
    """The least recently used is forgotten, and so is one unused for a year."""
    assert cast.bo.account
    for number in range(devices.MOST + 5):
        devices.remember(cast.bo.account, "", at=AT + timedelta(minutes=number))
    assert db.session.scalar(select(func.count()).select_from(KnownDevice)) == devices.MOST
    devices.remember(cast.bo.account, "", at=AT + devices.LASTS + timedelta(days=1))
    assert db.session.scalar(select(func.count()).select_from(KnownDevice)) == 1


def test_a_flood_is_answered_before_it_is_hashed(browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is 429 with a sentence and Retry-After, and the form keeps the address; no password is hashed."""
    browser = browse()
    browser.get("/logga-in")
    for _ in range(ATTEMPTS):
        browser.submit("Logga in", email=BO, password=WRONG, status=422)
    monkeypatch.setattr(hashing, "hasher", lambda: pytest.fail("a password was hashed"))
    page = browser.submit("Logga in", email=BO, password=PASSWORD, status=429)
    assert Refusal.TOO_MANY in page.text(".form-errors")
    assert 0 < int(page.answer.headers["Retry-After"]) <= ATTEMPT_WINDOW.total_seconds()
    assert page.find("[name=email]").attributes["value"] == BO


def test_the_browser_is_known_by_a_closed_cookie(browse: Browse, cast: Cast) -> None:
    """The cookie is closed to scripts and other sites, is no sign-in by itself, and is ignored when altered."""
    browser = browse("bo")
    cookie = browser.client.get_cookie(devices.cookie_name())
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.domain) == (True, "Lax", "/", "localhost")
    assert cookie.origin_only
    stranger = browse()
    stranger.get("/logga-in")
    for _ in range(ATTEMPTS):
        stranger.submit("Logga in", email=BO, password=WRONG, status=422)
    stranger.submit("Logga in", email=BO, password=PASSWORD, status=429)
    other = "A" if cookie.value[-5] != "A" else "B"  # Not the last letter, some of whose bits have no meaning.
    stranger.client.set_cookie(devices.cookie_name(), cookie.value[:-5] + other + cookie.value[-4:])
    stranger.submit("Logga in", email=BO, password=PASSWORD, status=429)
    stranger.client.set_cookie(devices.cookie_name(), cookie.value)
    assert stranger.submit("Logga in", email=BO, password=PASSWORD).text("h1") == "Min sida"


def test_wrong_links_are_counted(browse: Browse, cast: Cast) -> None:
    """Guessing links has a limit, as guessing passwords does."""
    browser = browse()
    for number in range(ADDRESS_ATTEMPTS):
        browser.get(f"/valj-losenord/x{number}", status=404)
    browser.get("/valj-losenord/x", status=429)
    browser.get("/logga-in")
    assert browser.submit("Logga in", email=BO, password=PASSWORD).text("h1") == "Min sida"


def test_wrong_links_from_everywhere_stop_no_sign_in(cast: Cast) -> None:
    """Attempts at links have a separate total, and the table is bounded."""
    for number in range(ALL_ATTEMPTS + 2):
        with suppress(TooMany):
            accounts.find_link("x", address=f"198.51.{number // 250}.{number % 250}", at=AT)
    assert rows() == ALL_ATTEMPTS + 1
    assert guess(password=PASSWORD) is None


@pytest.mark.usefixtures("each_database")
def test_a_limit_that_is_run_over_is_noted_once(app: Flask, cast: Cast) -> None:
    """The log gets one entry per window, on the account that was tried, however many attempts follow."""
    account = cast.bo.account
    target = f"accounts:{account.id}" if account else ""
    for _ in range(ATTEMPTS + 3):
        guess()
    at_once(app, 4, lambda: attempts.take(attempts.outside("192.0.2.7", BO), at=AT) and None)
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.limited")).all()
    assert [(row.target, row.facts) for row in rows] == [(target, {"limit": "account", "count": ATTEMPTS})]
    with counted() as statements:
        guess()
    assert not [one for one in statements if not one.startswith("SELECT")], "a flood takes nobody's lock"
    for _ in range(ATTEMPTS + 3):
        guess(at=AT + ATTEMPT_WINDOW + timedelta(seconds=1))
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.limited")).all()
    assert len(rows) == 2


def test_a_flood_from_one_network_is_noted(cast: Cast) -> None:
    """The entry names no account when many were tried."""
    for number in range(ADDRESS_ATTEMPTS + 2):
        guess(email=f"okand{number}@alvsam.example")
    (row,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.limited"))
    assert (row.target, row.facts["limit"], row.address) == ("", "address", "")
