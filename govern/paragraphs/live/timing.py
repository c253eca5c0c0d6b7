"""A meeting's timetable, with the paragraphs opened so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.meetings import timing
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.meetings.timetable import Opened, Timetable
from govern.paragraphs.models import Paragraph


def timetable_of(meeting: Meeting, paragraphs: Sequence[Paragraph], at: datetime) -> Timetable | None:
    """Return the meeting's timetable as of `at`, or None if no times are planned."""
    if not timing.timed(meeting):
        return None
    opened = [Opened(paragraph.agenda_item_id, paragraph.opened_at) for paragraph in paragraphs]
    return timing.timetable_for(meeting, opened, at if meeting.state is MeetingState.OPEN else None)


def lag(timetable: Timetable | None) -> int:
    """Return how many minutes the meeting is behind, rounded to five; 0 if it is on time or ahead."""
    if timetable is None:
        return 0
    return round(timetable.behind.total_seconds() / 300) * 5
