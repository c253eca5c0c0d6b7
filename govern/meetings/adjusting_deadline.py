"""The deadline for adjusting a meeting's protocol, and the days of its reminders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from govern.forums.rules import adjust_by

if TYPE_CHECKING:
    from govern.meetings.models import Meeting

REMIND_WITH_LEFT = (7, 4, 1)  # Days left at each reminder: days 7, 10 and 13 of the fourteen that the Act allows.
NEAR = 4


@dataclass(frozen=True, slots=True)
class Clock:
    """The last day for adjusting, and the number of days left: 0 on that day, negative after it."""

    last: date
    left: int

    @property
    def late(self) -> bool:
        """Whether the last day has passed."""
        return self.left < 0

    @property
    def near(self) -> bool:
        """Whether at most `NEAR` days are left."""
        return self.left <= NEAR

    @property
    def words(self) -> str:
        """The time left, in Swedish: `3 dagar kvar att justera`."""
        if self.late:
            return f"Justeringen är {_days(-self.left)} sen"
        return f"{_days(self.left)} kvar att justera" if self.left else "Ska justeras i dag"


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagar"


def last_day(meeting: Meeting) -> date:
    """Return the last day for adjusting the meeting's protocol (KL 5:69, 6:35, or the forum's own rule)."""
    return adjust_by(meeting.forum.regime, meeting.forum.adjust_days, meeting.day)


def clock(meeting: Meeting, today: date) -> Clock:
    """Return the meeting's adjusting deadline as of `today`."""
    last = last_day(meeting)
    return Clock(last, (last - today).days)


def reminder_days(meeting: Meeting) -> Iterator[tuple[int, date]]:
    """Yield the days of reminders as (days left, day), the earliest first, without those up to the meeting's day."""
    last = last_day(meeting)
    for left in REMIND_WITH_LEFT:
        day = last - timedelta(days=left)
        if day > meeting.day:
            yield left, day
