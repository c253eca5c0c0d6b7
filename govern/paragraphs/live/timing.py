"""How the meeting keeps its time: the agenda's timetable with what has been opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.meetings import timing
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.meetings.timetable import Opened, Timetable
from govern.paragraphs.models import Paragraph


def timetable_of(meeting: Meeting, paragraphs: Sequence[Paragraph], at: datetime) -> Timetable | None:
    """Lay out the meeting as it goes at `at`; None where nobody has planned any times."""
    if not timing.timed(meeting):
        return None
    opened = [Opened(paragraph.agenda_item_id, paragraph.opened_at) for paragraph in paragraphs]
    return timing.laid_out(meeting, opened, at if meeting.state is MeetingState.OPEN else None)


def lag(timetable: Timetable | None) -> int:
    """Return how many minutes the meeting is behind, to the nearest five; 0 where it keeps its time."""
    if timetable is None:
        return 0
    return round(timetable.behind.total_seconds() / 300) * 5
