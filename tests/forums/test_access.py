"""Who reads, sits in and keeps a forum on the day before, the first, the last and the day after a seat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from govern.archive.access import reads_case
from govern.db import db
from govern.forums import access
from govern.forums.states import SeatRole
from tests import make
from tests.cast import Cast
from tests.plain import Row

FIRST, LAST = date(2024, 5, 1), date(2024, 5, 31)
DAYS = {
    "the day before": (date(2024, 4, 30), False),
    "the first day": (FIRST, True),
    "the last day": (LAST, True),
    "the day after": (date(2024, 6, 1), False),
}


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the time to 00:01 on a day in Sweden, when it is still the day before in UTC."""

    def set_day(day: date) -> None:
        at = datetime(day.year, day.month, day.day, 0, 1, tzinfo=UTC) - timedelta(hours=2)
        monkeypatch.setattr(access, "now", lambda: at)

    return set_day


@pytest.mark.parametrize(("day", "held"), DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("role", [SeatRole.MEMBER, SeatRole.SECRETARY, SeatRole.SUBSTITUTE, SeatRole.CO_OPTED])
def test_a_seat_opens_its_forum_while_it_is_held(cast: Cast, on: Any, role: SeatRole, day: date, held: bool) -> None:
    """Its first and last days count; a secretary also keeps the forum; reading needs no current seat."""
    make.seat(cast.forum, cast.david, role, starts_on=FIRST, ends_on=LAST)
    make.commit()
    on(day)
    keeps = held and role is SeatRole.SECRETARY
    assert access.holds(cast.david, cast.forum) is held
    assert access.holds(cast.david, cast.forum, role) is held
    assert not access.holds(cast.david, cast.forum, SeatRole.CHAIR)
    assert access.sits(cast.david, cast.forum) is held
    assert access.keeps(cast.david, cast.forum) is keeps
    assert access.may_style(cast.david, cast.forum) is keeps
    assert access.reads(cast.david, cast.forum)
    for roles, expected in (((), held), ((role,), held), ((SeatRole.CHAIR,), False)):
        forums = set(db.session.scalars(access.forums_held(cast.david, day, *roles)))
        assert (cast.forum.id in forums) is expected


@pytest.mark.parametrize(("day", "held"), DAYS.values(), ids=DAYS)
def test_a_seat_without_an_end(cast: Cast, on: Any, day: date, held: bool) -> None:
    make.seat(cast.forum, cast.david, SeatRole.MEMBER, starts_on=FIRST)
    make.commit()
    on(day)
    expected = day >= FIRST
    assert access.holds(cast.david, cast.forum) is expected
    assert (cast.forum.id in set(db.session.scalars(access.forums_held(cast.david, day)))) is expected


def test_who_passes_which_door(cast: Cast) -> None:
    """Each check is tried by the public, outsiders, a former member, members, the secretary and an administrator."""
    foreign = make.forum(make.collaboration("Dalsam"), "Dalrådet")
    gun, disa = make.add(type(cast.ada)(name="Gun Gran")), make.add(type(cast.ada)(name="Disa Dahl"))
    make.seat(cast.forum, gun, SeatRole.MEMBER, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
    make.seat(foreign, disa, SeatRole.SECRETARY)
    make.commit()
    row = Row(forum=cast.forum)
    case: Any = Row(collaboration_id=cast.collaboration.id)
    doors = {
        "reads": (access.reads, {gun, cast.david, cast.anna, cast.bo, cast.cilla, cast.ada}),
        "sits": (access.sits, {cast.anna, cast.bo, cast.cilla, cast.ada}),
        "keeps": (access.keeps, {cast.cilla, cast.ada}),
        "may_style": (access.may_style, {cast.cilla, cast.ada}),
    }
    everyone = [None, disa, gun, cast.david, cast.anna, cast.bo, cast.cilla, cast.ada]
    for name, (door, let_in) in doors.items():
        for person in everyone:
            assert door(person, cast.forum) is (person in let_in), name
            assert door(person, row) is (person in let_in), name
    for person in everyone:
        assert reads_case(person, case) is (person in doors["reads"][1])
        assert access.may_style(person, cast.collaboration) is (person is cast.ada)
    assert access.reads(disa, foreign)
    assert not access.holds(None, cast.forum)


def test_an_administrator_whose_account_is_closed_passes_nowhere(cast: Cast) -> None:
    assert cast.ada.account is not None
    cast.ada.account.disabled_at = make.AT
    make.commit()
    assert not any(door(cast.ada, cast.forum) for door in (access.reads, access.sits, access.keeps, access.may_style))
    assert not access.may_style(cast.ada, cast.collaboration)
