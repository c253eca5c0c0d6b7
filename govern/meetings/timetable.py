"""An agenda's clock times: when each item is planned, when it is to be expected now, and how late the meeting is.

Pure: it takes times and minutes, and reads no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE = timedelta(minutes=5)
"""What is not worth speaking of."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of the agenda, and how long it is thought to take; 0 minutes where nobody has said."""

    item_id: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Opened:
    """That a paragraph was opened; one that was not on the agenda has no item."""

    item_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """When an item starts: as planned, as it did (`actual`), and as is to be expected now."""

    item_id: int
    planned: datetime
    expected: datetime
    actual: datetime | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    """All slots in the agenda's order, when the meeting is to end, and how far it is behind; ahead is never said."""

    slots: tuple[Slot, ...]
    planned_end: datetime
    expected_end: datetime

    @property
    def behind(self) -> timedelta:
        """How late the end will be; nothing where it is less than five minutes."""
        late = self.expected_end - self.planned_end
        return late if late >= LATE else timedelta()

    def slot(self, item_id: int) -> Slot | None:
        """Find an item's slot."""
        return next((slot for slot in self.slots if slot.item_id == item_id), None)


def timetable(
    starts: datetime, items: Sequence[Planned], opened: Sequence[Opened] = (), now: datetime | None = None
) -> Timetable:
    """Lay out the agenda on the clock.

    `opened` holds the paragraphs opened so far, in any order. Without `now` the meeting is looked at beforehand. What
    is left follows what is being treated, which takes the minutes it has left, and no less than until now; items that
    were treated out of turn do not count twice.
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
    """Return when the first item that is left can begin."""
    if last is None:
        return starts if now is None else max(starts, now)
    minutes = next((item.minutes for item in items if item.item_id == last.item_id), 0)
    due = last.at + timedelta(minutes=minutes)
    return due if now is None else max(due, now)
