"""A secret leaks nowhere: a word is planted in every field and file and searched for in everything shown to others.

The ordinary tests search after the last step; those marked long also after every step.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text

from govern.db import db
from govern.letters import Letter
from tests.browse import Browser
from tests.cast import Cast
from tests.leaks.reading import addresses, asked, in_letter, words_of
from tests.leaks.story import OUTSIDE, Story, others, run_story

Browse = Callable[..., Browser]

LOOKS = {"corrected"}
MOVES = {"people.sign_out", "account.end_session", "account.end_others"}
"""Endpoints that would end the session of the test."""


@pytest.fixture
def outside(app: Flask, cast: Cast, browse: Browse) -> dict[str, Browser]:
    """Return the browsers of the outsiders."""
    more = others(cast)
    signed_in = {name: Browser(app).sign_in(address) for name, address in more.items()}
    return {"eva": browse(), "david": browse("david")} | signed_in


def look(app: Flask, browser: Browser, secret: set[str]) -> Iterator[str]:
    """Request every address and yield those where the reader finds a secret word.

    Words are searched for by their first letters, so that a page that repeats the query contains none.
    """
    where = [address for address, _ in addresses(app, "GET")]
    where += [address for beginning in sorted({word[:5] for word in secret}) for address in asked(beginning)]
    where += ["/uppdrag?vems=alla", "/uppdrag?vems=mina", "/installningar/logg?q=zqv"]
    for address in where:
        answer = browser.answer(address)
        found = words_of(answer.get_data(), answer.headers) & secret
        yield from (f"{address}: {word}" for word in sorted(found))


def told(story: Story, found: list[str]) -> list[str]:
    """Return the leaks, each with the field that its word was entered in."""
    return [f"{line} ({story.planted[line.rpartition(' ')[2]]})" for line in found]


def check(app: Flask, story: Story, outside: dict[str, Browser]) -> None:
    """Search as every outsider, and in the audit log."""
    met = [f"{name} {line}" for name in outside for line in look(app, outside[name], story.secret)]
    assert not told(story, met)
    noted = " ".join(str(tuple(row)) for row in db.session.execute(text("SELECT * FROM audit")))
    assert not words_of(noted.encode()) & story.secret
    db.session.rollback()


def live(app: Flask, cast: Cast, outside: dict[str, Browser], *, late: bool, looks: set[str] | None) -> Story:
    """Run through the meeting, searching after the steps in `looks`, or after all if it is None."""
    for step, story in run_story(cast, late=late):
        if looks is None or step in looks:
            check(app, story, outside)
    return story


@pytest.mark.parametrize(
    ("late", "who"),
    [
        pytest.param(False, ("eva", "gun"), id="by two"),
        pytest.param(True, OUTSIDE, id="made late", marks=pytest.mark.long),
    ],
)
def test_nothing_secret_is_met_outside(
    app: Flask,
    cast: Cast,
    outside: dict[str, Browser],
    late: bool,
    who: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
    browse: Browse,
) -> None:
    """Outsiders find no secret word; members do, which proves that the search works."""
    caplog.set_level(logging.DEBUG, logger="govern")
    outside = {name: outside[name] for name in who}
    story = live(app, cast, outside, late=late, looks=LOOKS)
    assert not words_of(caplog.text.encode())
    mailed = {row.recipient: in_letter(row.message) for row in db.session.scalars(select(Letter))}
    db.session.rollback()
    assert mailed.pop("r@bjorkby.example", set())  # The confirmed recipient may have it.
    assert not any(words & story.secret for words in mailed.values()) or late
    for name in ("anna", "cilla", "ada"):
        insider = browse(name)
        met = words_of(insider.answer("/protokoll/1").get_data())
        assert {story.planted[word] for word in met & story.planted.keys()} >= {
            "paragrafens rubrik",
            "öppna §:s bilagas titel",
            "att-satsen",
        }
        assert words_of(insider.answer("/protokoll/1/fil.pdf").get_data())
    if late:
        _post_everything(app, story, outside)


def _post_everything(app: Flask, story: Story, outside: dict[str, Browser]) -> None:
    """Post to every address: no response contains a secret word."""
    for name in ("david", "gun"):
        browser = outside[name]
        for address, endpoint in addresses(app, "POST"):
            if endpoint in MOVES:
                continue
            token = {"X-CSRFToken": browser.csrf_token()}
            answer = browser.answer(address, "POST", data={"q": "x"}, headers=token)
            assert not words_of(answer.get_data(), answer.headers) & story.secret, (name, address)


@pytest.mark.long
def test_what_those_who_sit_meet_has_no_secret_title(app: Flask, cast: Cast, outside: object, browse: Browse) -> None:
    """Titles appear in the browser's history, in tabs and on shared screens, so even members see no secret there."""
    story = live(app, cast, {}, late=False, looks=set())
    cilla, met = browse("cilla"), []
    for address, _ in addresses(app, "GET"):
        if re.search(r"\.(pdf|docx|zip|json|eml|xlsx|csv)$", address):
            continue
        answer = cilla.answer(address)
        title = re.search(rb"<title>(.*?)</title>", answer.get_data(), re.DOTALL)
        words = words_of(title[1] if title else b"") | words_of(answer.request.path.encode())
        met += [f"{address}: {word}" for word in sorted(words & story.secret)]
    assert not told(story, met)


@pytest.mark.long
@pytest.mark.parametrize("late", [False, True], ids=["from the beginning", "made late"])
def test_nothing_secret_is_met_outside_at_any_time(
    app: Flask, cast: Cast, outside: dict[str, Browser], late: bool
) -> None:
    """The same, searched for after every step."""
    live(app, cast, outside, late=late, looks=None)
