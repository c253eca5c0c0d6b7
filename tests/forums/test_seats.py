"""Who holds a seat on a day, including its first and last, in Python and in SQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from govern.db import db
from govern.forums import access
from govern.forums.models import Seat
from govern.forums.states import SeatRole
from tests.cast import Cast

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)

HELD = [
    (FIRST - DAY, LAST, False),
    (FIRST, LAST, True),
    (FIRST + DAY, LAST, True),
    (LAST - DAY, LAST, True),
    (LAST, LAST, True),
    (LAST + DAY, LAST, False),
    (FIRST - DAY, None, False),
    (FIRST, None, True),
    (LAST + DAY, None, True),
]


@pytest.mark.parametrize(("day", "ends_on", "held"), HELD)
def test_a_seat_is_held_from_its_first_day_to_its_last(day: date, ends_on: date | None, held: bool) -> None:
    """Without a last day, a seat is held until further notice."""
    assert Seat(starts_on=FIRST, ends_on=ends_on).held_on(day) is held


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize(("day", "ends_on", "held"), HELD)
def test_the_database_says_the_same(cast: Cast, day: date, ends_on: date | None, held: bool) -> None:
    """SQL agrees, both as a condition and in the query for the forums that a person has a seat in."""
    forum, person = cast.forum, cast.david
    seat = Seat(forum=forum, person=person, role=SeatRole.CO_OPTED, starts_on=FIRST, ends_on=ends_on)
    db.session.add(seat)
    db.session.flush()
    found = db.session.scalars(select(Seat.id).where(Seat.id == seat.id, Seat.held_on(day))).all()
    assert (found == [seat.id]) is held
    forums = db.session.scalars(access.forums_held(person, day, SeatRole.CO_OPTED)).all()
    assert (forum.id in forums) is held
