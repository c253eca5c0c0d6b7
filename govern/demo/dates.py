"""The days of the demo's meetings: realistic working days, counted from today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from govern.demo.script import Forum, Meeting, Seat
from govern.swedish import SWEDEN

DAY = timedelta(days=1)
RECENT = 21
"""Meetings at most this many days from today only avoid non-working days; others move to the forum's weekday."""

RED_DAYS = {(5, 1), (6, 6)}
"""Holidays that can fall on any weekday, outside the weeks that are avoided altogether: (month, day)."""


def instant(day: date, clock: str | time, minutes: int = 0) -> datetime:
    """Return the instant of a Swedish local time, plus `minutes`."""
    clock = time.fromisoformat(clock) if isinstance(clock, str) else clock
    return datetime.combine(day, clock, SWEDEN) + timedelta(minutes=minutes)


def schedule(forums: Sequence[Forum], today: date) -> list[tuple[date, Forum, Meeting]]:
    """Return the day of each meeting, in chronological order; no two meetings are on the same day."""
    wanted = [(meeting.day, forum, meeting) for forum in forums for meeting in forum.meetings]
    wanted.sort(key=lambda entry: entry[0])
    held: list[tuple[date, Forum, Meeting]] = []
    for offset, forum, meeting in wanted:
        day = today + timedelta(days=offset)
        if offset:
            day = _convenient(day, forum.weekday) if abs(offset) > RECENT else _working_day(day)
        if held and day <= held[-1][0]:
            day = held[-1][0] + DAY if offset == 0 else _working_day(held[-1][0] + DAY, forwards=True)
        held.append((day, forum, meeting))
    return held


def _convenient(day: date, weekday: int) -> date:
    """Return the forum's weekday in that week, outside holidays: a Tuesday or Wednesday, so never one of Easter's."""
    day = outside_holidays(day)
    day += timedelta(days=weekday - day.weekday())
    return day - DAY if (day.month, day.day) in RED_DAYS else day


def outside_holidays(day: date) -> date:
    """Compress 1 June to 8 August into the first half of June, and 1 December to 14 January into that of December."""
    for first, last, room in (
        (date(day.year, 6, 1), date(day.year, 8, 8), 16),
        (date(day.year, 12, 1), date(day.year + 1, 1, 14), 14),
        (date(day.year - 1, 12, 1), date(day.year, 1, 14), 14),
    ):
        if first <= day <= last:
            return first + timedelta(days=(day - first).days * room // (last - first).days)
    return day


def seat_days(seat: Seat, today: date) -> tuple[date | None, date | None]:
    """Return a seat's first and last day, if the script has them, compressed like the meetings to keep the order."""
    first, last = (
        None if offset is None else outside_holidays(today + timedelta(days=offset))
        for offset in (seat.from_day, None if seat.to_day is None else seat.to_day + 1)
    )
    return first, last - DAY if last else None


def _working_day(day: date, *, forwards: bool = False) -> date:
    while day.weekday() >= 5 or (day.month, day.day) in RED_DAYS:
        day += DAY if forwards else -DAY
    return day


def working_day(day: date) -> date:
    """Return the day, or the next working day if it is on a weekend or a holiday."""
    return _working_day(day, forwards=True)
