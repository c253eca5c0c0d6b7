"""A meeting as an iCalendar file (RFC 5545, 5546), to invite to it, move it or cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from govern.addresses import written
from govern.meetings.states import InvitationMethod
from govern.swedish import SWEDEN

if TYPE_CHECKING:
    from icalendar import vCalAddress

LASTS = timedelta(hours=2)
"""The duration in the calendar of a meeting without a planned end."""

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""The Swedish time zone, with the rules in force since 1996."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """The facts of a calendar event. `uid` never changes; `sequence` is incremented when the meeting is moved."""

    uid: str
    sequence: int
    forum: str
    day: date
    starts: time
    ends: time | None
    ends_next_day: bool = False
    place: str
    description: str
    organiser: str
    organiser_name: str


def write_calendar(
    facts: CalendarFacts, method: InvitationMethod, at: datetime, called: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return the iCalendar bytes, with those `called`, given as (name, address), as attendees."""
    from icalendar import Calendar, Event, Timezone, vText  # noqa: PLC0415 — slow to import, and rarely needed.

    starts = datetime.combine(facts.day, facts.starts, SWEDEN)
    last = facts.day + timedelta(days=1) if facts.ends_next_day else facts.day
    ends = datetime.combine(last, facts.ends, SWEDEN) if facts.ends else starts + LASTS
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", facts.forum)
    event.add("location", facts.place)
    event.add("description", facts.description)
    event.add("status", "CANCELLED" if method is InvitationMethod.CANCEL else "CONFIRMED")
    event.add("organizer", _address(facts.organiser_name, facts.organiser))
    for name, address in called:
        attendee = _address(name, address)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Govern//Govern//SV")
    calendar.add("version", "2.0")
    calendar.add("method", method.value.upper())
    calendar.add_component(Timezone.from_ical(ZONE))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(name: str, address: str) -> vCalAddress:
    from icalendar import vCalAddress, vText  # noqa: PLC0415 — as above.

    found = vCalAddress(f"mailto:{written(address)}")
    found.params["CN"] = vText(name)
    return found
