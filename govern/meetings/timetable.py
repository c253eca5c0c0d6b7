"""An agenda's timetable: when each item is planned and now expected to start, and how late the meeting is.

Pure functions of times and minutes; none reads the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE = timedelta(minutes=5)
"""The shortest delay that is reported."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An agenda item and its planned duration; 0 minutes if none is planned."""

    item_id: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened paragraph; `item_id` is None if it was not on the agenda."""

    item_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """When an item starts: as planned, as it did (`actual`) if it has, and as expected now."""

    item_id: int
    planned: datetime
    expected: datetime
    actual: datetime | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    """The items' slots in the agenda's order, and the planned and expected end of the meeting."""

    slots: tuple[Slot, ...]
    planned_end: datetime
    expected_end: datetime

    @property
    def behind(self) -> timedelta:
        """How late the meeting is expected to end; zero if less than `LATE`, or early."""
        late = self.expected_end - self.planned_end
        return late if late >= LATE else timedelta()

    def slot(self, item_id: int) -> Slot | None:
        """Return an item's slot, or None."""
        return next((slot for slot in self.slots if slot.item_id == item_id), None)


def timetable(
    starts: datetime, items: Sequence[Planned], opened: Sequence[Opened] = (), now: datetime | None = None
) -> Timetable:
    """Return the timetable of an agenda.

    `opened` holds the paragraphs opened so far, in any order; `now` is None unless the meeting is in progress. Items
    that are left follow the paragraph opened last, which ends after its planned minutes but not before `now`; items
    treated out of order are not counted again.
    """
    total = sum(item.minutes for item in items)
    actual: dict[int, datetime] = {}
    for paragraph in sorted(opened, key=lambda paragraph: paragraph.at):
        if paragraph.item_id is not None:
            actual.setdefault(paragraph.item_id, paragraph.at)
    last = max(opened, key=lambda paragraph: paragraph.at, default=None)
    free = _free(starts, items, last, now)
    slots, planned = [], starts
    for item in items:
        began = actual.get(item.item_id)
        current = last is not None and last.item_id == item.item_id
        slots.append(Slot(item.item_id, planned, began or free, began, current))
        planned += timedelta(minutes=item.minutes)
        if began is None:
            free += timedelta(minutes=item.minutes)
    return Timetable(tuple(slots), starts + timedelta(minutes=total), free)


def _free(starts: datetime, items: Sequence[Planned], last: Opened | None, now: datetime | None) -> datetime:
    """Return when the first item that is left can start."""
    if last is None:
        return starts if now is None else max(starts, now)
    minutes = next((item.minutes for item in items if item.item_id == last.item_id), 0)
    due = last.at + timedelta(minutes=minutes)
    return due if now is None else max(due, now)
