"""The rules for forums, seats, series and the adjusting deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from govern.errors import Refusal as BaseRefusal
from govern.forums.states import Numbering, Regime, SeatRole

if TYPE_CHECKING:
    from govern.forums.models import Forum, Series


class Refusal(BaseRefusal):
    """Why an action on a forum is refused."""

    NAME_TAKEN = "Det finns redan ett forum med det namnet i samverkan."
    OWN_PARENT = "Ett forum kan inte ligga under sig självt."
    CLOSED = "Forumet är nedlagt. Öppna det igen om det ska ha möten."
    ENDS_BEFORE_START = "Sista dagen kan inte komma före den första."
    OVERLAP = "Personen har redan det uppdraget i forumet under den tiden."
    NUMBER_BACK = "Numret är redan använt. Nästa paragraf kan inte få ett lägre nummer än det som står på tur."
    PER_MEETING = "Forumet börjar om från § 1 varje möte, så det finns inget nummer att ställa in."
    ORDER = "Ordningen gick inte att läsa. Ladda om sidan och försök igen."
    SEAT_ENDED = "Platsen har upphört, och de som har upphört ordnas inte. Ladda om sidan."
    ADJUSTED_LATE = "Kommunallagen tillåter högst 14 dagar från mötet till justeringen (5 kap. 69 § och 6 kap. 35 §)."
    STARTED = "Numreringen kan inte ändras när serien har börjat användas."


def refuse_parent(forum: Forum, parent: Forum | None) -> Refusal | None:
    """Refuse a parent that is the forum itself or beneath it."""
    while parent is not None:
        if parent is forum:
            return Refusal.OWN_PARENT
        parent = parent.parent
    return None


class Sitting(Protocol):
    """A seat's person, role and days: a row, or what is about to be written."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def role(self) -> SeatRole: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


def refuse_seat(seat: Sitting, others: Sequence[Sitting]) -> Refusal | None:
    """Refuse a seat that ends before it starts, or overlaps another of the same person in the same role."""
    if seat.ends_on is not None and seat.ends_on < seat.starts_on:
        return Refusal.ENDS_BEFORE_START
    for other in others:
        same = other is not seat and other.person_id is not None and other.person_id == seat.person_id
        if same and other.role is seat.role and _overlap(seat, other):
            return Refusal.OVERLAP
    return None


def _overlap(one: Sitting, other: Sitting) -> bool:
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def refuse_next_number(series: Series, number: int) -> Refusal | None:
    """Refuse to lower the next number, since a number is never used twice (docs/domain.md, Numbering)."""
    return Refusal.NUMBER_BACK if number < series.next_number else None


def refuse_setting_numbers(forum: Forum) -> Refusal | None:
    """Refuse to set the next number of a forum where every meeting starts from 1."""
    return Refusal.PER_MEETING if forum.numbering is Numbering.MEETING else None


def scope_of(numbering: Numbering, day: date, meeting_id: int) -> str:
    """Return the scope of the series that a meeting on that day draws from; numbers restart with a new scope."""
    match numbering:
        case Numbering.CONTINUOUS:
            return ""
        case Numbering.YEARLY:
            return str(day.year)
        case Numbering.MEETING:
            return f"m{meeting_id}"


def refuse_adjust_days(regime: Regime, adjust_days: int) -> Refusal | None:
    """Refuse more days to the adjusting than the law gives: 14 in bodies under kommunallagen (KL 5:69, 6:35)."""
    most = regime.demands.adjust_within
    return Refusal.ADJUSTED_LATE if most is not None and adjust_days > most else None


def adjust_by(regime: Regime, adjust_days: int, meeting_day: date) -> date:
    """Return the last day for adjusting the protocol of a meeting.

    At most 14 days after the meeting in bodies under kommunallagen (KL 5:69, 6:35); else by the forum's own rule.
    """
    most = regime.demands.adjust_within
    return meeting_day + timedelta(days=adjust_days if most is None else min(adjust_days, most))
