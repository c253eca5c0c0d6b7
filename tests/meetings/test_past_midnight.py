"""A meeting may end the day after it began, which is handled from planning to sealing and import."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar

from govern import record
from govern.archive.importing.operations import import_record
from govern.db import db
from govern.errors import Refused
from govern.meetings import operations
from govern.meetings.models import Meeting, MeetingFacts
from govern.meetings.rules import Refusal, refuse_times
from govern.meetings.states import MeetingState
from govern.protocols.freeze import freeze
from govern.protocols.operations import seal
from govern.protocols.queries import findings_of
from govern.swedish import SWEDEN, hours
from tests import make, records
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
FACTS = MeetingFacts(
    day=date(2026, 3, 9), starts=time(18), ends=time(0, 20), ends_next_day=True, place="Björkby kommunhus"
)


@pytest.mark.parametrize(
    ("starts", "ends", "next_day", "wanted"),
    [
        (time(9), time(12), False, None),
        (time(9), None, False, None),
        (time(9), time(8), False, Refusal.ENDS_BEFORE_START),
        (time(9), time(9), False, Refusal.ENDS_BEFORE_START),
        (time(18), time(0, 20), False, Refusal.ENDS_BEFORE_START),
        (time(18), time(0, 20), True, None),
        (time(9), time(16), True, None),
        (time(18), None, True, Refusal.NO_END),
    ],
)
def test_when_a_meeting_may_end(starts: time, ends: time | None, next_day: bool, wanted: Refusal | None) -> None:
    """An end must be after the start or on the next day, so a meeting may also take two days."""
    assert refuse_times(starts, ends, next_day=next_day) == wanted


def test_in_words() -> None:
    """Times are written as in a printed protocol."""
    assert hours(time(18), time(0, 20), next_day=True) == "kl. 18.00–00.20 (dagen efter)"
    assert hours(time(18), time(21)) == "kl. 18.00–21.00"


def test_through_the_pages(cast: Cast, browse: Browse) -> None:
    """The form asks for the box and keeps its input; the pages and the calendar show the next day."""
    cilla, day = browse("cilla"), (datetime.now(SWEDEN) + timedelta(days=30)).date()
    cilla.get(f"/forum/{cast.forum.slug}/nytt-mote")
    typed = {"day": day.isoformat(), "starts": "18:00", "ends": "00:20", "place": "Björkby"}
    page = cilla.submit("Planera mötet", status=422, **typed)
    assert Refusal.ENDS_BEFORE_START in page.text()
    page = cilla.submit("Planera mötet", ends_next_day=True)
    assert "kl. 18.00–00.20 (dagen efter)" in page.text()
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert (meeting.starts, meeting.ends, meeting.ends_next_day) == (time(18), time(0, 20), True)
    calendar = Calendar.from_ical(cilla.get(f"/moten/{meeting.id}/inbjudan.ics").data)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=6, minutes=20)
    cilla.get(f"/moten/{meeting.id}/andra")
    page = cilla.submit("Spara mötet", ends="00:45")
    assert "kl. 18.00–00.45 (dagen efter)" in page.text()
    page = (
        cilla.submit("Spara mötet", status=422, ends_next_day=False)
        if cilla.get(f"/moten/{meeting.id}/andra")
        else page
    )
    assert Refusal.ENDS_BEFORE_START in page.text()


@pytest.mark.usefixtures("each_database")
def test_closed_after_midnight(cast: Cast) -> None:
    """Closing with the current time sets the next day; a time given by the user needs the box."""
    meeting = operations.plan_meeting(cast.forum, replace(FACTS, ends=None, ends_next_day=False), by=cast.cilla, at=AT)
    at = datetime(2026, 3, 9, 18, tzinfo=SWEDEN)
    operations.open_meeting(meeting, by=cast.cilla, at=at)
    late = at + timedelta(hours=6, minutes=20)
    with pytest.raises(Refused, match="dagen efter"):
        operations.close_meeting(meeting, time(0, 20), by=cast.cilla, at=late)
    operations.close_meeting(meeting, None, by=cast.cilla, at=late)
    assert (meeting.ends, meeting.ends_next_day, meeting.last_day) == (time(0, 20), True, date(2026, 3, 10))
    frozen = freeze(meeting, [])
    assert frozen.meeting.end_date == date(2026, 3, 10)
    assert record.loads(record.canonical(frozen)) == frozen
    operations.reopen_meeting(meeting, by=cast.cilla, at=late)
    operations.close_meeting(meeting, time(23, 50), by=cast.cilla, at=late)
    assert not meeting.ends_next_day
    assert b"end_date" not in record.canonical(freeze(meeting, []))


def test_kontroll_names_times_that_cannot_be(cast: Cast, browse: Browse) -> None:
    """An end before the start is a hinder, whatever caused it, with a link to where it can be corrected."""
    meeting = make.meeting(cast.forum, state=MeetingState.CLOSED, starts=time(9), ends=time(8))
    make.presence(meeting, cast.anna)
    make.commit()
    (found,) = (one for one in findings_of(meeting, today=make.DAY) if one.check == "wrong_times")
    assert found.severity.value == "hinder"
    assert "09.00–08.00" in found.sentence
    cilla = browse("cilla")
    page = cilla.get(f"/moten/{meeting.id}/kontroll")
    assert found.sentence in page.text()
    assert f"/moten/{meeting.id}/andra" in page.html
    cilla.get(f"/moten/{meeting.id}/andra")
    cilla.submit("Spara mötet", ends_next_day=True)
    db.session.expire_all()
    assert "wrong_times" not in {one.check for one in findings_of(meeting, today=make.DAY)}


def test_a_record_is_read_in_with_it(cast: Cast) -> None:
    """A record with an end date other than the next day is refused."""
    given = replace(records.full(), presence=())
    wrong = replace(given, meeting=replace(given.meeting, end_date=date(2024, 5, 1)))
    with pytest.raises(Refused, match="dagen efter"):
        import_record(record.canonical(wrong), cast.forum, by=cast.cilla, at=AT)
    protocol = import_record(record.canonical(given), cast.forum, by=cast.cilla, at=AT)
    assert protocol.meeting.ends_next_day
    assert protocol.record == record.canonical(given)


def test_a_meeting_has_not_ended_at_a_time_to_come(cast: Cast, browse: Browse) -> None:
    """Closing and sealing compare the end with Swedish time and tolerate a few minutes."""
    meeting = operations.plan_meeting(cast.forum, replace(FACTS, ends=None, ends_next_day=False), by=cast.cilla, at=AT)
    evening = datetime(2026, 3, 9, 20, 18, tzinfo=SWEDEN)
    operations.open_meeting(meeting, by=cast.cilla, at=evening)
    for ends, next_day in ((time(0, 20), True), (time(20, 30), False)):
        with pytest.raises(Refused, match=Refusal.ENDS_AHEAD):
            operations.close_meeting(meeting, ends, next_day=next_day, by=cast.cilla, at=evening)
    operations.close_meeting(meeting, time(20, 20), by=cast.cilla, at=evening)

    def found(at: datetime) -> bool:
        today = at.astimezone(SWEDEN).date()
        return "ends_ahead" in {one.check for one in findings_of(meeting, today=today, at=at)}

    assert not found(evening)
    for ends, next_day, late in (
        (time(0, 20), True, timedelta(hours=4, minutes=2)),
        (time(21), False, timedelta(hours=1)),
    ):
        meeting.ends, meeting.ends_next_day = ends, next_day
        assert found(evening)
        assert not found(evening + late)


def test_kontroll_hinders_an_end_to_come(cast: Cast, browse: Browse) -> None:
    """The page of checks shows it, and sealing is refused."""
    today = datetime.now(SWEDEN).date()
    meeting = make.meeting(
        cast.forum, today, MeetingState.CLOSED, starts=time(0, 1), ends=time(0, 20), ends_next_day=True
    )
    make.presence(meeting, cast.anna)
    make.commit()
    page = browse("cilla").get(f"/moten/{meeting.id}/kontroll")
    assert "har inte varit ännu. Rätta när mötet slutade." in page.text()
    with pytest.raises(Refused):
        seal(meeting, by=cast.cilla, at=datetime.now(UTC))
