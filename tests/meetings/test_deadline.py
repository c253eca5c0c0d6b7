"""The deadlines for adjusting and for papers, tested on the day before, the day and the day after."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from govern.forums.rules import adjust_by
from govern.forums.states import Regime
from govern.meetings import adjusting_deadline as deadline
from govern.meetings import papers_deadline as deadlines
from govern.meetings import timing
from govern.meetings.states import MeetingState
from govern.meetings.timetable import Opened, Timetable
from govern.paragraphs.live import timing as paragraphs_timing
from tests.plain import Row

MEETING_DAY = date(2024, 4, 22)


def meeting(regime: Regime = Regime.KL_BOARD, adjust_days: int = 14, **values: Any) -> Any:
    """Return a meeting of a forum with this time limit for adjusting."""
    forum = Row(regime=regime, adjust_days=adjust_days, paper_days=7)
    return Row(**{"forum": forum, "day": MEETING_DAY, "starts": time(9), "agenda": []} | values)


@pytest.mark.parametrize("days", [1, 13, 14, 15, 30])
@pytest.mark.parametrize("regime", Regime)
def test_the_act_gives_fourteen_days(regime: Regime, days: int) -> None:
    """Under KL 5:69 and 6:35 a forum may choose fewer days, never more; other regimes have their own limit."""
    bound = regime in {Regime.KL_ASSEMBLY, Regime.KL_BOARD, Regime.JOINT_BOARD}
    expected = MEETING_DAY + timedelta(days=14 if bound and days > 14 else days)
    assert adjust_by(regime, days, MEETING_DAY) == expected
    assert deadline.last_day(meeting(regime, days)) == expected


CLOCK = {
    date(2024, 4, 22): (14, False, False, "14 dagar kvar att justera"),
    date(2024, 5, 1): (5, False, False, "5 dagar kvar att justera"),
    date(2024, 5, 2): (4, False, True, "4 dagar kvar att justera"),
    date(2024, 5, 5): (1, False, True, "1 dag kvar att justera"),
    date(2024, 5, 6): (0, False, True, "Ska justeras i dag"),
    date(2024, 5, 7): (-1, True, True, "Justeringen är 1 dag sen"),
    date(2024, 5, 8): (-2, True, True, "Justeringen är 2 dagar sen"),
}


@pytest.mark.parametrize("today", CLOCK)
def test_the_clock(today: date) -> None:
    read = deadline.clock(meeting(), today)
    assert read.last == date(2024, 5, 6)
    assert (read.left, read.late, read.near, read.words) == CLOCK[today]


@pytest.mark.parametrize(
    ("days", "reminded"),
    [
        (14, [(7, date(2024, 4, 29)), (4, date(2024, 5, 2)), (1, date(2024, 5, 5))]),
        (8, [(7, date(2024, 4, 23)), (4, date(2024, 4, 26)), (1, date(2024, 4, 29))]),
        (7, [(4, date(2024, 4, 25)), (1, date(2024, 4, 28))]),
        (2, [(1, date(2024, 4, 23))]),
        (1, []),
    ],
)
def test_reminders_come_on_days_7_10_and_13(days: int, reminded: list[tuple[int, date]]) -> None:
    """No reminder falls on or before the day of the meeting."""
    assert list(deadline.reminder_days(meeting(adjust_days=days))) == reminded


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a UTC time in April 2024; Swedish time is two hours ahead."""
    return datetime(2024, 4, day, hour, minute, second, tzinfo=UTC)


MIDNIGHT = at(15, 22)
"""The end of April 15th in Sweden, seven days before the meeting."""


def test_papers_have_the_whole_last_day() -> None:
    row = meeting()
    assert deadlines.last_day(row) == date(2024, 4, 15)
    assert deadlines.deadline(row) == MIDNIGHT
    assert not deadlines.past(row, MIDNIGHT - timedelta(seconds=1))
    assert deadlines.past(row, MIDNIGHT)
    assert deadlines.past(row, MIDNIGHT + timedelta(seconds=1))


IN_TIME, LATE = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
CALLED = at(17, 8)
LATENESS = {
    "in time": (IN_TIME, (), None, None, ""),
    "a standing item": (None, (), None, None, ""),
    "an item on the day after": (
        LATE,
        (),
        None,
        None,
        "Sent ärende, tillagt 16 april 2024 efter sista dagen 15 april 2024",
    ),
    "an item before the summons": (
        CALLED,
        (),
        None,
        CALLED,
        "Sent ärende, tillagt 17 april 2024 efter sista dagen 15 april 2024",
    ),
    "an item after the summons": (
        CALLED + timedelta(seconds=1),
        (),
        None,
        CALLED,
        "Sent ärende, tillagt 17 april 2024 efter kallelsen",
    ),
    "an early summons": (at(11, 9), (), None, at(11, 8), "Sent ärende, tillagt 11 april 2024 efter kallelsen"),
    "the latest paper counts": (
        None,
        (IN_TIME, at(18, 8)),
        None,
        None,
        "Sen handling, inkommen 18 april 2024 efter sista dagen 15 april 2024",
    ),
    "papers in time": (IN_TIME, (IN_TIME,), IN_TIME, CALLED, ""),
    "a proposal": (
        None,
        (IN_TIME,),
        at(18, 8),
        CALLED,
        "Sen handling, inkommen 18 april 2024 efter kallelsen",
    ),
}


@pytest.mark.parametrize(("added", "papers", "ready", "called", "said"), LATENESS.values(), ids=LATENESS)
def test_what_came_late_and_after_what(
    added: datetime | None, papers: tuple[datetime, ...], ready: datetime | None, called: datetime | None, said: str
) -> None:
    item = Row(
        meeting=meeting(called_at=called),
        added_at=added,
        papers=[Row(added_at=paper) for paper in papers],
        proposal=Row(ready_at=ready) if ready else None,
    )
    assert deadlines.lateness(item) == said


def test_nothing_is_said_of_papers_that_the_reader_does_not_see() -> None:
    late = at(18, 8)
    item = Row(meeting=meeting(), papers=[Row(added_at=late)], proposal=Row(ready_at=late))
    assert deadlines.lateness(item)
    assert not deadlines.lateness(item, lambda _paper: False)
    assert deadlines.lateness(item, lambda paper: paper is item.proposal)
    draft = Row(meeting=meeting(), papers=[], proposal=Row(ready_at=None))
    assert not deadlines.lateness(draft)


def test_which_items_take_time() -> None:
    """Withdrawn items take no time, and a meeting whose items have no minutes has no timetable."""
    struck = Row(id=1, minutes=30, withdrawn=True)
    none, ten = Row(id=2), Row(id=3, minutes=10)
    assert not timing.timed(meeting(agenda=[struck, none]))
    assert timing.timed(meeting(agenda=[struck, none, ten]))
    table = timing.timetable_for(meeting(agenda=[struck, ten, none]), [Opened(3, at(22, 7, 5))], at(22, 7, 6))
    assert [(slot.item_id, slot.planned.hour, slot.planned.minute) for slot in table.slots] == [(3, 9, 0), (2, 9, 10)]
    assert table.slots[0].current
    assert (table.planned_end.minute, table.expected_end.minute, table.behind) == (10, 15, timedelta(minutes=5))


@pytest.mark.parametrize(("minutes", "said"), [(0, 0), (4, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (60, 60)])
def test_how_far_behind_to_the_nearest_five_minutes(minutes: int, said: int) -> None:
    planned = datetime(2024, 4, 22, 12, tzinfo=UTC)
    assert paragraphs_timing.lag(Timetable((), planned, planned + timedelta(minutes=minutes))) == said
    assert paragraphs_timing.lag(None) == 0


def test_the_timetable_runs_while_the_meeting_does() -> None:
    ten = Row(id=3, minutes=10)
    opened = [Row(agenda_item_id=3, opened_at=at(22, 7))]
    late = at(22, 9)
    going, over = (meeting(agenda=[ten], state=state) for state in (MeetingState.OPEN, MeetingState.CLOSED))
    table = paragraphs_timing.timetable_of(going, opened, late)
    assert table is not None
    assert table.expected_end == late
    table = paragraphs_timing.timetable_of(over, opened, late)
    assert table is not None
    assert table.expected_end == at(22, 7, 10)
    assert paragraphs_timing.timetable_of(meeting(agenda=[Row(id=3)]), opened, late) is None
