"""Plausible dates: one table of fields, each with its bounds and their reason, used in three places.

The form asks for confirmation of a distant day where it is typed (`web/days.py`); the operation refuses an impossible
one; the checks before a protocol is sealed report both.

Days that are not stored are not listed: filtering a search or a log by the year 26 finds nothing, and does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from govern.errors import Refused

FIRST = date(1863, 1, 1)
"""Swedish municipalities have existed since the ordinances of 1862 came into force: most days cannot be earlier."""

FURTHEST = 100
"""Years from today beyond which no day is accepted."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many years back and ahead of today a day may lie without being questioned, and the reason.

    The year of `first` is the earliest possible one.
    """

    back: int
    ahead: int
    why: str
    first: date = FIRST


FIELDS = {
    "meeting.day": Bounds(1, 2, "Meetings are planned a year or two at a time; those that have been are imported."),
    "meeting.imported": Bounds(400, 0, "An old protocol has its own year, which has been.", date(1600, 1, 1)),
    "seat.starts_on": Bounds(25, 5, "A term is four years (KL 5:5, 6:19); the next is filled before it begins."),
    "seat.ends_on": Bounds(160, 9, "Its first day bounds it backwards; nobody is chosen beyond the term to come."),
    "term.starts_on": Bounds(25, 5, "As a seat's."),
    "term.ends_on": Bounds(25, 9, "As a seat's."),
    "agreement.in_force_from": Bounds(60, 5, "Agreements outlive those who sign them, but are not made long ahead."),
    "assignment.due": Bounds(1, 5, "A duty is reported on within a term; later is another forum's to say."),
    "notice.day": Bounds(160, 100, "The day of the adjusting and today bound it already (notices/rules.py)."),
}


def impossible(field: str, day: date, today: date) -> str | None:
    """Return why a day is impossible in a field of the table; None if it is possible."""
    first, last = FIELDS[field].first.year, today.year + FURTHEST
    if first <= day.year <= last:
        return None
    return f"Året {day.year:04} kan inte stämma. Skriv ett år mellan {first} och {last}."


def doubtful(field: str, day: date, today: date) -> str | None:
    """Return what is doubtful about a possible day that is far off; None if nothing is."""
    bounds = FIELDS[field]
    if day < _years(today, -bounds.back):
        return f"Året {day.year} ligger långt bakåt i tiden. Rätta det, eller kryssa i att det stämmer."
    if day > _years(today, bounds.ahead):
        return f"Året {day.year} ligger långt fram i tiden. Rätta det, eller kryssa i att det stämmer."
    return None


def refuse_impossible(field: str, day: date | None, today: date, form_field: str | None = None) -> None:
    """Raise if `impossible` returns a sentence.

    Raises:
        Refused: if the day is impossible; `form_field` is where it was typed, by default the name in the table.
    """
    sentence = impossible(field, day, today) if day else None
    if sentence:
        raise Refused(sentence, form_field or field.partition(".")[2])


def _years(day: date, count: int) -> date:
    """Add years to a day; the year is clamped to 1–9999, and the day of the month to 28."""
    return date(max(1, min(9999, day.year + count)), day.month, min(day.day, 28))
