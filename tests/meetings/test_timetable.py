"""Planned and expected times of an agenda, as a table of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from govern.meetings.timetable import Opened, Planned, timetable

NINE = datetime(2024, 4, 22, 9, 0, tzinfo=UTC)
ITEMS = (Planned(1, 10), Planned(2, 20), Planned(3, 0), Planned(4, 30))


def at(minutes: int) -> datetime:
    """Return the time this many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def minutes(moment: datetime) -> int:
    """Return the minutes after nine."""
    return int((moment - NINE).total_seconds() // 60)


@pytest.mark.parametrize(
    ("opened", "now", "expected", "behind"),
    [
        ((), None, [0, 10, 30, 30], 0),
        ((), at(-20), [0, 10, 30, 30], 0),
        ((), at(15), [15, 25, 45, 45], 15),
        (((1, 0),), at(5), [0, 10, 30, 30], 0),
        (((1, 0),), at(25), [0, 25, 45, 45], 15),
        (((1, 3),), at(4), [3, 13, 33, 33], 0),
        (((1, 0), (2, 5)), at(6), [0, 5, 25, 25], 0),
        (((4, 0),), at(10), [30, 40, 60, 0], 0),
        (((1, 0), (None, 10)), at(40), [0, 40, 60, 60], 30),
        (((1, 0), (2, 10), (3, 30), (4, 90)), at(95), [0, 10, 30, 90], 60),
    ],
)
def test_expected_times(
    opened: tuple[tuple[int | None, int], ...], now: datetime | None, expected: list[int], behind: int
) -> None:
    """The remaining items follow the current one, even after items out of order or not on the agenda."""
    table = timetable(NINE, ITEMS, [Opened(item, at(when)) for item, when in opened], now)
    assert [minutes(slot.planned) for slot in table.slots] == [0, 10, 30, 30]
    assert [minutes(slot.expected) for slot in table.slots] == expected
    assert table.behind == timedelta(minutes=behind)
    assert {slot.item_id for slot in table.slots if slot.actual} == {item for item, _ in opened if item}
