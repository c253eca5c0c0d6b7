"""Which days can be believed where: one table of fields, each with its bounds and their reason, asked in three places.

The form asks about what is far off, where it is typed (`web/days.py`); the operation refuses what cannot be; Kontroll
names both before a protocol is sealed. Standard library only.

What is never kept is not here: a search or a log narrowed to the year 26 finds nothing, and does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from govern.errors import Refused

FIRST = date(1863, 1, 1)
"""Sweden has municipalities since the ordinances of 1862 came into force: nothing here began before."""

FURTHEST = 100
"""Years from today beyond which nothing is ever settled."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many years back and ahead of today a day may lie before it is asked about, and why so many.

    `first` is the earliest day that can be at all.
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
    """Say why a day cannot be, in a field of the table; None when it can."""
    first, last = FIELDS[field].first.year, today.year + FURTHEST
    if first <= day.year <= last:
        return None
    return f"Året {day.year:04} kan inte stämma. Skriv ett år mellan {first} och {last}."


def doubtful(field: str, day: date, today: date) -> str | None:
    """Say what is odd about a day that can be, but is far off; None when nothing is."""
    bounds = FIELDS[field]
    if day < _years(today, -bounds.back):
        return f"Året {day.year} ligger långt bakåt i tiden. Rätta det, eller kryssa i att det stämmer."
    if day > _years(today, bounds.ahead):
        return f"Året {day.year} ligger långt fram i tiden. Rätta det, eller kryssa i att det stämmer."
    return None


def refuse_impossible(field: str, day: date | None, today: date, form_field: str | None = None) -> None:
    """Raise what `impossible` answers.

    Raises:
        Refused: when the day cannot be; `form_field` names where it was typed, else the table's own name.
    """
    sentence = impossible(field, day, today) if day else None
    if sentence:
        raise Refused(sentence, form_field or field.partition(".")[2])


def _years(day: date, count: int) -> date:
    """Go so many years on, and stay in the calendar."""
    return date(max(1, min(9999, day.year + count)), day.month, min(day.day, 28))
