"""The video link of a meeting is entered once and shown wherever a participant may look for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from govern import record
from govern.db import db
from govern.meetings import operations
from govern.meetings.models import Meeting, MeetingFacts
from govern.meetings.queries import in_record
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.meetings.test_inviting import AT, FACTS, drain, event_in
from tests.meetings.test_summons_papers import words
from tests.postbox import Postbox
from tests.screen import Screen, fits

LINK = "https://video.example/mote/17?lås=1&b=2"
WITH_LINK: MeetingFacts = replace(FACTS, video_link=LINK)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    row = operations.plan_meeting(cast.forum, WITH_LINK, by=cast.cilla, at=AT)
    operations.save_item(row, None, heading="Gemensam växel", kind=None, by=cast.cilla, at=AT)
    return row


def test_it_is_written_in_the_form(cast: Cast, browse: Callable[..., Browser], meeting: Meeting) -> None:
    """It is shown as a link on the meeting's pages, including the live page; invalid links are refused."""
    address = f"/moten/{meeting.id}"
    db.session.rollback()
    browser = browse("cilla")
    for page in (browser.get(address), browser.get(f"{address}/live")):
        shown = [link for link in page.tree.css("main a") if link.attributes.get("href") == LINK]
        assert [link.text() for link in shown] == [f"{LINK[:35]}…"]
    browser.get(f"{address}/andra")
    for wrong in ("javascript:alert(1)", "möte utan länk", "video.example/17", "https://", "https:// video.example"):
        page = browser.submit("Spara mötet", status=422, video_link=wrong)
        assert page.text(".form-errors li") == "Videolänk: Skriv hela länken, med https:// först."
        assert page.form("Spara mötet").values()["video_link"] == [wrong]
    browser.submit("Spara mötet", video_link="")
    assert LINK not in browser.get(address).html


def test_it_comes_with_the_summons(cast: Cast, meeting: Meeting, postbox: Postbox) -> None:
    """The link is on paper, in the letter and in the calendar's location; a changed link is sent again."""
    summons = operations.call(meeting, by=cast.cilla, at=AT)
    assert LINK in "".join(words(summons.pdf).split())
    drain()
    _, letter, _ = postbox.taken[0]
    text = letter.get_body(("plain",))
    assert text is not None
    assert f"Var: Folkets hus, Åby, {LINK}" in text.get_content()
    assert str(event_in(letter)[1]["location"]) == f"Folkets hus, Åby, {LINK}"
    before = len(postbox.taken)
    operations.change_meeting(meeting, replace(WITH_LINK, video_link="https://video.example/18"), by=cast.cilla, at=AT)
    drain()
    assert len(postbox.taken) == 2 * before


def test_the_record_holds_it(cast: Cast, meeting: Meeting) -> None:
    """A link is included only if there is one, so that records sealed without a link keep their hash."""
    facts = in_record(meeting)
    assert (facts.video_link, record.to_json(facts)["video_link"]) == (LINK, LINK)
    assert "video_link" not in record.to_json(in_record(make.meeting(cast.elsewhere)))


TEAMS = f"https://video.example/l/meetup-join/19%3ameeting_{'Nzk3ZGI4' * 12}%40thread.v2/0?context=%7b%22Tid%22%7d"


@pytest.mark.browser
def test_a_long_link_fits_a_phone_and_a_page(cast: Cast, screen: Callable[..., Screen]) -> None:
    """Long links, as video services create them, are shortened on screen and complete in the summons."""
    facts = replace(FACTS, video_link=TEAMS)
    meeting = operations.plan_meeting(cast.forum, facts, by=cast.cilla, at=AT)
    operations.save_item(meeting, None, heading="Gemensam växel", kind=None, by=cast.cilla, at=AT)
    summons = operations.call(meeting, by=cast.cilla, at=AT)
    assert TEAMS in "".join(words(summons.pdf).split())
    address = f"/moten/{meeting.id}"
    db.session.rollback()
    page = screen("cilla", size=(390, 844)).page
    for path in (address, f"{address}/live", f"{address}/andra"):
        page.goto(path)
        fits(page)
