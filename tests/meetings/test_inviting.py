"""The summons is mailed with an invitation, which is updated and cancelled with the meeting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from flask import Flask
from icalendar import Calendar, Event

from govern import outbox
from govern.db import db
from govern.errors import Refused
from govern.meetings import operations
from govern.meetings.inviting import operations as inviting
from govern.meetings.inviting.operations import letters_of
from govern.meetings.models import Meeting, MeetingFacts
from govern.meetings.queries import meetings_ahead, meetings_behind
from govern.meetings.rules import Refusal, refuse_calling_off, refuse_change, refuse_opening, refuse_summons
from govern.meetings.states import MeetingState
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.meetings.test_summons_papers import words
from tests.postbox import Postbox

AT = datetime(2024, 4, 8, 8, 0, tzinfo=UTC)
FACTS = MeetingFacts(day=date(2024, 4, 22), starts=time(9), ends=time(12), place="Folkets hus, Åby")


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Plan a meeting with an open item and a confidential one."""
    row = operations.plan_meeting(cast.forum, FACTS, by=cast.cilla, at=AT)
    operations.save_item(row, None, heading="Gemensam växel", kind=None, by=cast.cilla, at=AT)
    secret = operations.save_item(row, None, heading="Anbud från Dold AB", kind=None, by=cast.cilla, at=AT)
    operations.withhold_item(secret, "OSL 19 kap. 3 §", by=cast.cilla, at=AT)
    make.commit()
    return row


def drain() -> None:
    """Drain the outbox."""
    while outbox.drain():
        pass
    db.session.expire_all()


def event_in(letter: EmailMessage) -> tuple[str, Event]:
    """Return the method and the event of a letter's invitation, which is also attached as a file."""
    beside = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    assert len(beside) == 2
    data = {part.get_payload(decode=True).replace(b"\r\n", b"\n").strip() for part in beside}
    assert len(data) == 1
    calendar = Calendar.from_ical(data.pop())
    assert beside[0].get_param("method") == calendar["method"]
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    (event,) = calendar.walk("VEVENT")
    return str(calendar["method"]), event


@pytest.mark.usefixtures("each_database")
def test_it_is_sent_moved_and_called_off(cast: Cast, meeting: Meeting, postbox: Postbox) -> None:
    """Each member gets one event with a stable UID and a rising sequence number; unchanged facts send nothing."""
    operations.call(meeting, by=cast.cilla, at=AT)
    drain()
    assert {to for to, _, _ in postbox.taken} == {f"{name}@alvsam.example" for name in ("anna", "bo", "cilla")}
    letter = next(letter for to, letter, _ in postbox.taken if to.startswith("bo"))
    method, first = event_in(letter)
    assert (method, int(first["sequence"]), str(first["status"])) == ("REQUEST", 0, "CONFIRMED")
    assert first.decoded("dtstart") == datetime(2024, 4, 22, 7, tzinfo=UTC)
    assert first.decoded("dtend") == datetime(2024, 4, 22, 10, tzinfo=UTC)
    assert str(first["location"]) == "Folkets hus, Åby"
    assert str(first["attendee"]) == "mailto:bo@alvsam.example"
    pdf = next(p for p in letter.iter_attachments() if p.get_content_type() == "application/pdf")
    assert "Gemensam växel" in words(pdf.get_content())
    assert "Dold" not in words(pdf.get_content()) + letter.as_string()
    postbox.taken.clear()
    operations.change_meeting(meeting, FACTS, by=cast.cilla, at=AT)
    drain()
    assert postbox.taken == []
    for number, moved in enumerate(
        (replace(FACTS, starts=time(10)), replace(FACTS, starts=time(10), place="Rådhuset")), start=1
    ):
        operations.change_meeting(meeting, moved, by=cast.cilla, at=AT)
        drain()
        assert {int(event_in(letter)[1]["sequence"]) for _, letter, _ in postbox.taken} == {number}
        method, event = event_in(postbox.taken[0][1])
        assert (method, event["uid"]) == ("REQUEST", first["uid"])
        postbox.taken.clear()
    assert event.decoded("dtstart") == datetime(2024, 4, 22, 8, tzinfo=UTC)
    operations.call_off(meeting, "Snöstorm.", by=cast.cilla, at=AT)
    drain()
    assert len(postbox.taken) == 3
    method, event = event_in(postbox.taken[0][1])
    assert (method, int(event["sequence"]), event["uid"]) == ("CANCEL", 3, first["uid"])
    assert str(event["status"]) == "CANCELLED"
    assert "Snöstorm." in postbox.taken[0][1].get_body(("plain",)).get_content()


def test_everyone_is_told_however_many_letters_there_are(
    cast: Cast, meeting: Meeting, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page lists the latest letters only; who is told of a change does not depend on that."""
    monkeypatch.setattr(inviting, "MOST_LISTED", 1)
    operations.call(meeting, by=cast.cilla, at=AT)
    assert len(inviting.letters_of(meeting)) == 1
    assert set(inviting.invited(meeting)) == {cast.anna, cast.bo, cast.cilla}


@pytest.mark.parametrize(
    ("state", "reason", "wanted"),
    [
        (MeetingState.PLANNED, "Sjukt.", None),
        (MeetingState.CALLED, "Sjukt.", None),
        (MeetingState.CALLED, " ", Refusal.NO_CANCEL_REASON),
        (MeetingState.OPEN, "Sjukt.", Refusal.BEGUN),
        (MeetingState.CLOSED, "Sjukt.", Refusal.BEGUN),
        (MeetingState.SEALED, "Sjukt.", Refusal.BEGUN),
        (MeetingState.CANCELLED, "Sjukt.", Refusal.CANCELLED),
    ],
)
def test_when_it_may_be_called_off(state: MeetingState, reason: str, wanted: Refusal | None) -> None:
    """A meeting can be called off only before it begins, once, and with a reason."""
    assert refuse_calling_off(Meeting(state=state), reason) == wanted


@pytest.mark.usefixtures("each_database")
def test_what_is_called_off_is_over(cast: Cast, meeting: Meeting) -> None:
    """It can no longer be changed, called or opened, and is listed as upcoming until its day has passed."""
    operations.call_off(meeting, "Sjukt.", by=cast.cilla, at=AT)
    assert {rule(meeting) for rule in (refuse_change, refuse_opening, refuse_summons)} == {Refusal.CANCELLED}
    with pytest.raises(Refused):
        operations.open_meeting(meeting, by=cast.cilla, at=AT)
    assert list(meetings_ahead(cast.forum, meeting.day)) == [meeting]
    assert list(meetings_behind(cast.forum, meeting.day)) == []
    after = meeting.day + timedelta(days=1)
    assert list(meetings_ahead(cast.forum, after)) == []
    assert list(meetings_behind(cast.forum, after)) == [meeting]


def test_through_the_pages(
    cast: Cast, meeting: Meeting, postbox: Postbox, browse: Callable[..., Browser], app: Flask
) -> None:
    """The secretary calls the meeting, sees the delivery to each member, and calls it off; others may not."""
    make.seat(cast.forum, make.add(type(cast.anna)(name="Utan Adress")), cast.forum.seats[1].role)
    make.commit()
    postbox.unknown.add("bo@alvsam.example")
    cilla, address = browse("cilla"), f"/moten/{meeting.id}/foredragningslista"
    cilla.get(address)
    assert "skickas till dem" in cilla.submit("Gör kallelse").text(".flashes")
    drain()
    cilla.get(address)
    page = cilla.click("Till vem kallelsen har skickats")
    assert "Utan Adress" in page.text(".note")
    assert "550 5.1.1" in page.text(".lines")
    assert page.text(".lines").count("250 OK") == 2
    postbox.unknown.clear()
    cilla.submit("Skicka igen till Bo Björk")
    drain()
    assert "550" not in cilla.get(f"/moten/{meeting.id}/utskick").text("main")
    row = letters_of(meeting)[0]
    eml = message_from_bytes(cilla.get(f"/utskick/{row.id}/brev.eml").data, policy=SMTP)
    assert eml["To"] == row.letter.recipient
    for name in ("bo", "david"):
        browse(name).get(f"/moten/{meeting.id}/utskick", status=403)
        browse(name).get(f"/utskick/{row.id}/brev.eml", status=403)
        browse(name).get(f"/moten/{meeting.id}/stall-in", status=403)
    cilla.get(address)
    cilla.click("Ställ in mötet")
    assert Refusal.NO_CANCEL_REASON in cilla.submit("Ställ in mötet", status=422, reason=" ").text()
    page = cilla.submit("Ställ in mötet", reason="Snöstorm.")
    assert "Snöstorm." in page.text("main")
    assert "Inställt" in page.text(".page-head")
    assert "Öppna mötet" not in page.text("main")
    assert "Inställt" in browse("bo").get(f"/forum/{cast.forum.slug}").text("main")


def test_without_a_mail_server(cast: Cast, meeting: Meeting, browse: Callable[..., Browser]) -> None:
    """The page says so; the letter and the calendar file can be downloaded, with the same UID."""
    cilla = browse("cilla")
    cilla.get(f"/moten/{meeting.id}/foredragningslista")
    page = cilla.submit("Gör kallelse")
    assert "Ingen e-postserver är inställd" in page.text("aside")
    letter = message_from_bytes(cilla.click("Brevet med kallelse").data, policy=SMTP)
    assert letter["X-Unsent"] == "1"
    assert "bo@alvsam.example" in letter["To"]
    _, event = event_in(letter)  # type: ignore[arg-type]
    cilla.get(f"/moten/{meeting.id}/foredragningslista")
    calendar = Calendar.from_ical(browse("david").get(f"/moten/{meeting.id}/inbjudan.ics").data)
    assert calendar.walk("VEVENT")[0]["uid"] == event["uid"]
    assert not letters_of(meeting)
