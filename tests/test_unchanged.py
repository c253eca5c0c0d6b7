"""A cached page is served only to its own account, and only while the database is unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from govern.audit import AuditEntry
from govern.db import Watch, db, now
from govern.meetings.states import MeetingState
from govern.people.models import SignInSession
from govern.web import unchanged
from govern.web.unchanged import SECONDS, Memory
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.protocols.test_papers import secretly_voted
from tests.statements import counted

Browse = Callable[..., Browser]

UNCHANGED = {"archive.forum", "protocols.protocol", "search.search"}
"""The cached views; each is listed on purpose and depends only on the reader's account and the database."""


def ready(browser: Browser, address: str) -> None:
    """Open a page often enough that messages shown once are gone."""
    for _ in range(2):
        browser.get(address)


def nonce_of(policy: str) -> str:
    """Return the nonce in a Content-Security-Policy."""
    return re.findall(r"'nonce-([^']+)'", policy)[0]  # type: ignore[no-any-return]


def test_what_is_answered_again_is_listed(app: Flask) -> None:
    """No view is cached without being listed here."""
    assert {name for name, view in app.view_functions.items() if hasattr(view, "unchanged")} == UNCHANGED


def test_an_unchanged_page_asks_the_database_for_nothing(each_database: str, cast: Cast, browse: Browse) -> None:
    """The page is the same but for its own nonce, and its CSRF token is accepted."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    first = browser.answer(address)
    with counted() as statements:
        second = browser.answer(address)
    assert statements == []
    nonces = [
        re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0] for answer in (first, second)
    ]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip((first, second), nonces, strict=True):
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {nonce}
    assert first.text.replace(nonces[0], nonces[1]) == second.text
    assert second.headers["Cache-Control"] == "no-store, private"


def test_each_browser_gets_its_own_token(cast: Cast, browse: Browse) -> None:
    """A page cached for one browser of an account serves the account's other browser with its own token."""
    address = f"/forum/{cast.forum.slug}"
    one, other = browse("cilla"), browse("cilla")
    for browser in (one, other):
        ready(browser, address)
    with counted() as statements:
        pages = [browser.get(address) for browser in (one, other)]
    assert statements == []
    tokens = [page.find("meta[name=csrf-token]").attributes["content"] for page in pages]
    assert tokens[0] != tokens[1]
    other.submit("Logga ut")


def test_whatever_anybody_commits_is_seen_at_once(each_database: str, cast: Cast, browse: Browse) -> None:
    """A new meeting and a changed name are shown in the next response."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    make.meeting(cast.forum, make.DAY, MeetingState.CALLED, place="Rum 714")
    cast.forum.name = "Ny styrgrupp"
    make.commit()
    assert "Ny styrgrupp" in browser.get(address).text("h1")


def test_another_account_gets_its_own_page(cast: Cast, browse: Browse) -> None:
    """What only one reader may see is in that reader's page alone."""
    protocol = secretly_voted(cast)
    address = f"/protokoll/{protocol.id}"
    anna, david = browse("anna"), browse("david")
    for browser in (anna, david, anna, david):
        ready(browser, address)
    assert "uppsägning" in anna.get(address).text()
    assert "uppsägning" not in david.get(address).text()
    assert browse().get(address, follow=False, status=303).status == 303


def test_a_session_that_is_ended_elsewhere_opens_nothing(each_database: str, cast: Cast, browse: Browse) -> None:
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    for row in db.session.scalars(select(SignInSession)):
        row.ended_at = now()
    make.commit()
    assert browser.answer(address, follow=False).status_code == 303


def test_a_seat_that_is_taken_away_closes_the_page(each_database: str, cast: Cast, browse: Browse) -> None:
    browser, address = browse("bo"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    for seat in [seat for seat in cast.forum.seats if seat.person is cast.bo]:
        db.session.delete(seat)
    make.commit()
    assert browser.answer(address).status_code == 403


def test_a_secret_that_is_read_is_noted(cast: Cast, browse: Browse) -> None:
    """Reading is logged once per person and day, however often the page is served."""
    protocol = secretly_voted(cast)
    anna = browse("anna")
    for _ in range(4):
        anna.get(f"/protokoll/{protocol.id}")
    noted = select(AuditEntry).where(
        AuditEntry.action == "secret.read", AuditEntry.target == f"protocols:{protocol.id}"
    )
    assert len(db.session.scalars(noted).all()) == 1


def test_it_is_made_anew_after_a_while(cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache lasts `SECONDS`, which bounds the delay of what depends on the clock."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    monkeypatch.setattr(unchanged, "now", lambda: now() + SECONDS)
    with counted() as statements:
        browser.get(address)
    assert statements


def test_a_message_is_shown_once(cast: Cast, browse: Browse) -> None:
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    with browser.client.session_transaction() as session:
        session["_flashes"] = [("message", "Sparat just nu.")]
    assert "Sparat just nu." in browser.get(address).text()
    assert "Sparat just nu." not in browser.get(address).text()


def test_memory_is_bounded() -> None:
    """The least recently used entry is removed first."""
    memory: Memory[str] = Memory(most=100)
    at = now()
    for name in "abc":
        memory.keep(name, name, 40, 1, at)
    assert [memory.get(name, 1, at) for name in "abc"] == [None, "b", "c"]
    assert memory.get("b", 2, at) is None
    assert memory.get("c", 1, at + timedelta(minutes=1)) is None


def test_the_watch_sees_every_commit(app: Flask, each_database: str) -> None:
    """A commit by this process is seen too, and a closed connection is replaced."""
    watch = Watch(lambda: db.engine)
    before = watch.version()
    assert before == watch.version()
    make.collaboration("Älvsam")
    make.commit()
    after = watch.version()
    assert after != before
    db.session.remove()
    db.engine.dispose()
    assert watch.version() is not None


def test_a_client_with_its_own_copy_is_told_that_it_is_current(cast: Cast, browse: Browse) -> None:
    """The ETag is the same in all browsers of an account, and changes with a commit."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    etag = browser.answer(address).headers["ETag"]
    same = browser.answer(address, headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["Cache-Control"]) == (304, b"", "no-store, private")
    assert browser.answer(address, headers={"If-None-Match": 'W/"another"'}).status_code == 200
    cast.forum.name = "Ny styrgrupp"
    make.commit()
    changed = browser.answer(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Ny styrgrupp" in changed.text


def test_another_browser_of_the_account_may_ask_with_the_etag_too(cast: Cast, browse: Browse) -> None:
    """Its cookie is not known yet: the application answers, from the same page."""
    address = f"/forum/{cast.forum.slug}"
    one, other = browse("cilla"), browse("cilla")
    ready(one, address)
    ready(other, "/")
    etag = one.answer(address).headers["ETag"]
    same = other.answer(address, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")


def test_another_connection_of_the_watch_is_another_version(cast: Cast, browse: Browse, app: Flask) -> None:
    """SQLite counts from the start for each connection: what was made with the first is made again."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    watch = app.extensions["unchanged"].watch
    watch._close()
    ready(browser, address)
    cast.forum.name = "Ny styrgrupp"
    make.commit()
    watch._close()
    assert "Ny styrgrupp" in browser.get(address).text("h1")


def test_long_cookies_and_queries_fill_no_memory(cast: Cast, browse: Browse, app: Flask) -> None:
    """A cached page is found by a key of fixed size, and its headers count as well."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    cookie = browser.answer(address).request.environ["HTTP_COOKIE"]
    state = app.extensions["unchanged"]
    for number in range(3):
        headers = {"Cookie": f"{cookie}; more={number}{'x' * 100_000}"}
        plain = Browser(app)
        plain.client = app.test_client(use_cookies=False)
        assert plain.answer(f"{address}?more={number}{'y' * 100_000}", headers=headers).status_code == 200
    keys = [*state.pages._kept, *state.readers._kept]
    assert len(keys) > 6
    assert {len(key) for key in keys} == {32}
    assert all(kept.size > sum(map(len, kept.value.parts)) for kept in state.pages._kept.values())


def test_a_page_that_is_answered_again_has_the_headers_that_it_was_made_with(cast: Cast, browse: Browse) -> None:
    """Only the nonce and the request number differ."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    cast.forum.name = "Ny styrgrupp"
    make.commit()
    made, again = browser.answer(address), browser.answer(address)
    numbers = [answer.headers.pop("X-Request-ID") for answer in (made, again)]
    assert numbers[0] != numbers[1]
    for answer in (made, again):
        policy = answer.headers["Content-Security-Policy"]
        answer.headers["Content-Security-Policy"] = policy.replace(nonce_of(policy), "")
    assert sorted(made.headers) == sorted(again.headers)


def test_a_page_that_is_answered_again_is_logged(cast: Cast, browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    caplog.set_level("INFO", logger="govern.requests")
    with counted() as statements:
        number = browser.answer(address).headers["X-Request-ID"]
    assert statements == []
    (line,) = [record for record in caplog.records if record.name == "govern.requests"]
    kept = ("request", "method", "route", "status", "address")
    expected = (number, "GET", "/forum/<slug>", 200, "127.0.0.1")
    assert tuple(getattr(line, name) for name in kept) == expected
    assert line.__dict__["account"] is not None


@pytest.mark.parametrize("ending", ["", "; govern-device=x", "x"])
def test_a_forged_session_is_not_known(cast: Cast, browse: Browse, ending: str) -> None:
    """A session cookie that is cut is left to the application to judge."""
    browser, address = browse("cilla"), f"/forum/{cast.forum.slug}"
    ready(browser, address)
    cookies = browser.answer(address).request.environ["HTTP_COOKIE"]
    session = next(
        part for part in cookies.split("; ") if part.startswith(f"{browser.app.config['SESSION_COOKIE_NAME']}=")
    )
    plain = Browser(browser.app)
    plain.client = browser.app.test_client(use_cookies=False)
    assert plain.answer(address, follow=False, headers={"Cookie": session}).status_code == 200
    assert plain.answer(address, follow=False, headers={"Cookie": session[:-3] + ending}).status_code == 303
