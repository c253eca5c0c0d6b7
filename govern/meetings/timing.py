"""A meeting's rows to its timetable; the paragraphs, which come later in the stream, say what was opened when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.meetings.models import Meeting
from govern.meetings.timetable import Opened, Planned, Timetable, timetable
from govern.swedish import SWEDEN


def timed(meeting: Meeting) -> bool:
    """Return whether anyone has planned how long an item takes; else there are no times to show."""
    return any(item.minutes for item in meeting.agenda if item.withdrawn_at is None)


def laid_out(meeting: Meeting, opened: Sequence[Opened] = (), now: datetime | None = None) -> Timetable:
    """Lay the meeting's agenda out on the clock; struck items take no time."""
    starts = datetime.combine(meeting.day, meeting.starts, SWEDEN)
    items = [Planned(item.id, item.minutes or 0) for item in meeting.agenda if item.withdrawn_at is None]
    return timetable(starts, items, opened, now)
