"""Filters by outcome, person, assignments and days, and suggestions, on the engine of each database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from govern import outbox
from govern.archive.searching import engines, finding, indexing
from govern.assignments import operations as assignments
from govern.assignments.queries import duties
from govern.assignments.states import Closing
from govern.db import db, now
from govern.outbox import OutboxEntry
from govern.search import parse
from govern.search.embedded.engine import WhooshEngine
from govern.search.postgres.engine import PostgresEngine
from govern.swedish import local_day
from govern.topics import Topic
from tests import make
from tests.archive.conftest import Shelf
from tests.browse import Browser, Page
from tests.cast import Cast
from tests.screen import Screen

Browse = Callable[..., Browser]
Tell = Callable[..., None]


def headings(page: Page) -> list[str]:
    """Return the headings of the hits."""
    return page.texts(".results h2")


def total(words: str) -> int:
    """Return the number of hits."""
    return finding.find(parse(words), {"all"}).total


def test_the_database_chooses_the_engine(each_database: str, shelf: Shelf, tell: Tell) -> None:
    """A saved paragraph is found after one drain of the outbox, with either engine."""
    wanted = PostgresEngine if each_database == "postgres" else WhooshEngine
    assert isinstance(engines.engine(), wanted)
    assert total("växel") == 3
    shelf.draft.heading = "Radiolänken"
    tell(shelf.draft)
    assert (total("radiolänkar"), total("växel")) == (1, 2)


@pytest.mark.parametrize(
    ("words", "count"),
    {
        "utfall:bifall": 1,
        "utfall:avslag": 0,
        "typ:uppdrag": 1,
        "typ:yrkande": 1,
        "typ:protokollsanteckning": 1,
        "typ:omröstning": 0,
        "status:pågående": 1,
        "status:avslutat": 0,
        "person:anna": 1,
        "datum:2024-09 växel": 1,
        "från:2024-09-01 växel": 1,
        "till:2024-08 växel": 2,
        "från:2024-09-10 växel": 0,
    }.items(),
)
def test_what_can_be_typed(shelf: Shelf, words: str, count: int) -> None:
    """Fields can be typed beside words."""
    assert total(words) == count


def test_facets_beside_what_was_found(shelf: Shelf, browse: Browse) -> None:
    """A filter in the URL narrows the result; invalid days are ignored."""
    anna = browse("anna")
    assert len(headings(anna.get("/sok?q=växel&utfall=approval"))) == 1
    assert len(headings(anna.get("/sok?q=växel&uppdrag=open"))) == 1
    page = anna.get("/sok?q=växel&fran=2024-09-01&till=2024-09-30")
    assert len(headings(page)) == 1
    assert "Från: 1 september 2024" in page.text(".chosen")
    assert len(headings(anna.get("/sok?q=växel&fran=trettonde&till=x"))) == 3
    name = finding.find(parse("person:anna"), {"all"}).facets["person"][0].value
    assert len(headings(anna.get("/sok", query_string={"q": "växel", "person": name}))) == 1


def test_whether_it_was_done_stands_with_the_hit(shelf: Shelf, cast: Cast, browse: Browse) -> None:
    """A closed assignment is found and shown as closed once the outbox is drained."""
    assert "Pågår" in browse("anna").get("/sok?q=driftformer").text(".duty")
    (duty,) = duties(shelf.open.assignments)
    shelf.meeting.sealed_at = make.AT
    assignments.close(duty, Closing.DONE, "", by=cast.cilla, at=make.AT)
    while outbox.drain():
        pass
    assert (total("status:avslutat"), total("status:pågående")) == (1, 0)
    assert "Avslutat" in browse("anna").get("/sok?q=driftformer").text(".duty")


def test_what_falls_due_is_late_the_day_after(shelf: Shelf) -> None:
    """An assignment becomes late without a change; the nightly job updates it and is queued again."""
    today = local_day(now())
    shelf.open.assignments[0].due = today - timedelta(days=1)
    make.commit()
    assert total("status:försenat") == 0
    indexing.repair()
    indexing.repair()
    waiting = db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.topic == Topic.OVERDUE)).all()
    assert [entry.key for entry in waiting] == [today.isoformat()]
    waiting[0].key, waiting[0].due_at = (today - timedelta(days=1)).isoformat(), now() - timedelta(minutes=1)
    make.commit()
    while outbox.drain():
        pass
    assert total("status:försenade") == 1
    left = db.session.scalars(db.select(OutboxEntry.key).where(OutboxEntry.done_at.is_(None))).all()
    assert left == [today.isoformat()]


def test_a_slip_of_the_pen_is_understood(shelf: Shelf, browse: Browse) -> None:
    """The corrected word is searched and shown, the box keeps what was typed, and no correction reveals a secret."""
    page = browse("anna").get("/sok?q=telefonvexel")
    assert "Menade du telefonväxel" in page.text(".meant")
    assert len(headings(page)) == 1
    assert page.find("#q").attributes["value"] == "telefonvexel"
    assert not browse("david").get("/sok?q=uphandling").all(".meant")
    assert browse("anna").get("/sok?q=uphandling").all(".meant")
    assert "flest av dem" in browse("anna").get("/sok?q=telefonväxel+samtal+kommunerna+öppettider").text(".meant")


def asked(browser: Browser, words: str) -> list[tuple[str, str]]:
    """Request suggestions as the search box does."""
    answer = browser.answer(f"/sok/forslag?q={words}")
    assert answer.status_code == 200
    return [(entry["kind"], entry["text"]) for entry in answer.get_json()]


def test_suggestions_know_only_what_may_be_read(shelf: Shelf, cast: Cast, browse: Browse) -> None:
    """Cases, people, forums and words are suggested; a secret case only by its reference, a secret word never."""
    shelf.open.case = make.case(cast.collaboration, heading="Gemensam telefonväxel")
    secret_case = make.case(cast.collaboration, "KS 2024/18", "Upphandlingen av den hemliga växeln")
    shelf.secret.case = secret_case
    make.commit()
    anna, david = browse("anna"), browse("david")
    assert ("Ärende", "Gemensam telefonväxel") in asked(david, "telefonv")
    assert ("Ärende", "Upphandlingen av den hemliga växeln") in asked(anna, "hemliga")
    assert not asked(david, "hemliga")
    assert ("Ärende", secret_case.reference) in asked(david, secret_case.reference)
    assert ("Ord", "upphandling") in asked(anna, "upphandlin")
    assert ("Ord", "upphandling") not in asked(david, "upphandlin")
    assert any(kind == "Forum" for kind, _ in asked(david, cast.forum.name[:5]))
    assert any(kind == "Person" for kind, _ in asked(david, "ann"))
    assert asked(david, "") == asked(david, "a") == []


def test_without_an_index_nothing_is_suggested(app: Flask, cast: Cast, browse: Browse) -> None:
    """The answer is an empty list."""
    assert asked(browse("anna"), "växel") == []


@pytest.mark.browser
def test_the_box_suggests_while_typing(shelf: Shelf, cast: Cast, screen: Callable[..., Screen]) -> None:
    """The keyboard suffices: arrow keys choose, Escape closes, Enter opens the suggestion."""
    shelf.open.case = make.case(cast.collaboration, heading="Gemensam telefonväxel")
    make.commit()
    page = screen("anna").page
    page.goto("/sok")
    box = page.locator("#q")
    box.press_sequentially("telefonv")
    option = page.locator("main [role=option]").first
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "telefonv"
    box.press("ArrowDown")
    option.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/arenden/*")
