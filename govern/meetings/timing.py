"""Converting a meeting's rows to its timetable; the caller passes the paragraphs opened, from a later slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.meetings.models import Meeting
from govern.meetings.timetable import Opened, Planned, Timetable, timetable
from govern.swedish import SWEDEN


def timed(meeting: Meeting) -> bool:
    """Return whether any item has a planned duration; without one there are no times to show."""
    return any(item.minutes for item in meeting.agenda if not item.withdrawn)


def timetable_for(meeting: Meeting, opened: Sequence[Opened] = (), now: datetime | None = None) -> Timetable:
    """Return the timetable of the meeting's agenda, without withdrawn items."""
    starts = datetime.combine(meeting.day, meeting.starts, SWEDEN)
    items = [Planned(item.id, item.minutes or 0) for item in meeting.agenda if not item.withdrawn]
    return timetable(starts, items, opened, now)
