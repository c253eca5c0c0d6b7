"""Hooks by which a later slice adds to the work of an earlier one, in the same transaction.

Data runs downstream: a planned meeting knows nothing of assignments, but those that are due must be on its agenda when
the page opens. The later slice registers a function for the event; the earlier slice announces the event and ignores
what the function returns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

Follower = Callable[[Any, Any, datetime], object]
"""Called with the row, the person and the time; the caller of `announce` commits."""


class Event(Enum):
    """The events that can be followed."""

    MEETING_PLANNED = "meeting.planned"
    MEETING_UNPLANNED = "meeting.unplanned"
    PARAGRAPH_WITHHELD = "paragraph.withheld"


_followers: dict[Event, dict[Follower, None]] = {event: {} for event in Event}


def follow(event: Event, follower: Follower) -> None:
    """Register a function to call on an event, within its transaction."""
    _followers[event][follower] = None


def announce(event: Event, row: Any, *, by: Any, at: datetime) -> None:
    """Call the functions registered for an event."""
    for follower in _followers[event]:
        follower(row, by, at)
