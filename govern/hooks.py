"""What a later slice adds to what an earlier slice does, in the same transaction.

Data runs downstream: a planned meeting knows nothing of assignments, but those that are due are to stand on its agenda
when the page opens. The later slice registers a function for the event; the earlier one announces it, and asks nothing
back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

Follower = Callable[[Any, Any, datetime], object]
"""Given the row, who did it, and when; it leaves the commit to whoever announced it."""


class Event(Enum):
    """What others may follow."""

    MEETING_PLANNED = "meeting.planned"
    PARAGRAPH_WITHHELD = "paragraph.withheld"


_followers: dict[Event, dict[Follower, None]] = {event: {} for event in Event}


def follow(event: Event, follower: Follower) -> None:
    """Register a function to run after an event, within its transaction."""
    _followers[event][follower] = None


def announce(event: Event, row: Any, *, by: Any, at: datetime) -> None:
    """Let those who follow an event do their part."""
    for follower in _followers[event]:
        follower(row, by, at)
