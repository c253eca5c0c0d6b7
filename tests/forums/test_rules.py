"""Parent forums, overlapping seats, numbering, and the first and last day of a seat; no database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from govern.forums import rules
from govern.forums.models import Forum, Seat
from govern.forums.rules import Refusal
from govern.forums.states import Numbering, SeatRole
from tests.plain import Row

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)


def seat(starts: date = FIRST, ends: date | None = LAST, **values: Any) -> Any:
    """Return a member's seat, by default of person 1."""
    return Row(**{"starts_on": starts, "ends_on": ends, "person_id": 1, "role": SeatRole.MEMBER} | values)


SEATS = {
    "alone": (seat(), [], None),
    "one day long": (seat(FIRST, FIRST), [], None),
    "without an end": (seat(ends=None), [], None),
    "ends the day before": (seat(FIRST, date(2022, 12, 31)), [], Refusal.ENDS_BEFORE_START),
    "the same time": (seat(), [seat()], Refusal.OVERLAP),
    "from the other's last day": (seat(LAST, None), [seat()], Refusal.OVERLAP),
    "from the day after": (seat(date(2027, 1, 1), None), [seat()], None),
    "to the other's first day": (seat(date(2022, 1, 1), FIRST), [seat()], Refusal.OVERLAP),
    "to the day before": (seat(date(2022, 1, 1), date(2022, 12, 31)), [seat()], None),
    "after one without an end": (seat(date(2030, 1, 1), None), [seat(ends=None)], Refusal.OVERLAP),
    "before one without an end": (seat(date(2020, 1, 1), date(2022, 12, 31)), [seat(ends=None)], None),
    "in another role": (seat(), [seat(role=SeatRole.SECRETARY)], None),
    "another person": (seat(), [seat(person_id=2)], None),
    "two vacant": (seat(person_id=None), [seat(person_id=None)], None),
    "one of many": (seat(), [seat(person_id=2), seat(role=SeatRole.CHAIR), seat()], Refusal.OVERLAP),
}


@pytest.mark.parametrize(("given", "others", "refusal"), SEATS.values(), ids=SEATS)
def test_nobody_holds_a_seat_twice(given: Any, others: list[Any], refusal: Refusal | None) -> None:
    """Both days are included, and a seat does not conflict with itself."""
    assert rules.refuse_seat(given, [*others, given]) is refusal
    assert rules.refuse_seat(given, [given, *others]) is refusal


@pytest.mark.parametrize(
    ("day", "held", "from_then"),
    [
        (date(2022, 12, 31), False, True),
        (FIRST, True, True),
        (date(2023, 1, 2), True, True),
        (date(2026, 12, 30), True, True),
        (LAST, True, True),
        (date(2027, 1, 1), False, False),
    ],
)
def test_a_seat_is_held_from_its_first_day_to_its_last(day: date, held: bool, from_then: bool) -> None:
    row, endless = Seat(starts_on=FIRST, ends_on=LAST), Seat(starts_on=FIRST, ends_on=None)
    forum = Forum(seats=[row, endless])
    assert row.held_on(day) is held
    assert endless.held_on(day) is (day >= FIRST)
    assert forum.seats_on(day) == [one for one in (row, endless) if one.held_on(day)]
    assert forum.seats_from(day) == ([row, endless] if from_then else [endless])


def test_no_forum_lies_under_itself() -> None:
    top = Row()
    middle = Row(parent=top)
    low = Row(parent=middle)
    assert rules.refuse_parent(low, top) is None
    assert rules.refuse_parent(low, None) is None
    assert rules.refuse_parent(top, top) is Refusal.OWN_PARENT
    assert rules.refuse_parent(top, middle) is Refusal.OWN_PARENT
    assert rules.refuse_parent(top, low) is Refusal.OWN_PARENT


@pytest.mark.parametrize(("number", "refusal"), [(16, Refusal.NUMBER_BACK), (17, None), (18, None)])
def test_no_number_is_used_twice(number: int, refusal: Refusal | None) -> None:
    assert rules.refuse_next_number(Row(next_number=17), number) is refusal


SCOPES = {Numbering.CONTINUOUS: "", Numbering.YEARLY: "2024", Numbering.MEETING: "m7"}


@pytest.mark.parametrize("numbering", Numbering)
def test_when_numbers_start_again(numbering: Numbering) -> None:
    """The scope is stored with the series, so its format may not change."""
    assert rules.scope_of(numbering, date(2024, 4, 22), 7) == SCOPES[numbering]
    refusal = Refusal.PER_MEETING if numbering is Numbering.MEETING else None
    assert rules.refuse_setting_numbers(Row(numbering=numbering)) is refusal
