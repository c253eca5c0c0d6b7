"""The deadlines of a notice: when to post it, when the time to appeal ends, and when it may come down."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
POST_WITHIN = timedelta(days=2)
APPEAL_TIME = timedelta(weeks=3)


def post_by(adjusted: date) -> date:
    """Return the last day to post the notice: the second day after the adjusting (KL 8:12)."""
    return adjusted + POST_WITHIN


def appeal_by(posted: date) -> date:
    """Return the last day to appeal: three weeks from the posting (KL 13:5), or the next working day.

    A period that ends on a Saturday, a Sunday or a holiday is extended to the next working day (lag 1930:173, 2 §).
    """
    last = posted + APPEAL_TIME
    while not working(last):
        last += DAY
    return last


def earliest_removal(posted: date) -> date:
    """Return the first day on which the notice may come down: the day after the last day to appeal (KL 8:12)."""
    return appeal_by(posted) + DAY


def working(day: date) -> bool:
    """Return whether a statutory period may end on this day."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the days of a year, weekends aside, on which no statutory period ends (lag 1989:253, and three eves)."""
    sunday = easter(year)
    midsummer = next(date(year, 6, day) for day in range(20, 27) if date(year, 6, day).weekday() == 5)
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
    moving = (sunday - 2 * DAY, sunday + DAY, sunday + 39 * DAY, midsummer - DAY)
    return frozenset([*(date(year, month, day) for month, day in fixed), *moving])


def easter(year: int) -> date:
    """Return the date of Easter Sunday (Gregorian calendar; algorithm of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)
