"""The dates of a notice, and what may be done with it when; no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.easter import easter as easter_elsewhere

from govern.forums.states import Regime
from govern.notices import rules
from govern.notices.models import Notice, Posting
from govern.notices.rules import Refusal
from govern.notices.states import NoticeState
from govern.notices.terms import appeal_by, earliest_removal, easter, post_by, working
from govern.protocols.states import ProtocolKind

MAIN = ProtocolKind.MAIN


def notice(*days: tuple[date | None, date | None], adjusted: date = date(2024, 4, 30)) -> Notice:
    """Return a notice with one board for each pair (posted, removed) of dates."""
    row = Notice(adjusted_on=adjusted, kept_at="Kansliet")
    for position, (posted, removed) in enumerate(days):
        row.postings.append(Posting(position=position, board=f"tavla {position}", posted_on=posted, removed_on=removed))
    return row


@pytest.mark.parametrize(
    ("posted", "last"),
    [
        (date(2024, 5, 2), date(2024, 5, 23)),  # Thursday, three weeks later.
        (date(2024, 5, 18), date(2024, 6, 10)),  # Posted on a Saturday, so the Monday after.
        (date(2024, 12, 4), date(2024, 12, 27)),  # Christmas Day is skipped.
        (date(2024, 5, 31), date(2024, 6, 24)),  # Midsummer's Eve and its weekend are skipped.
        (date(2025, 3, 28), date(2025, 4, 22)),  # Good Friday to Easter Monday are skipped.
        (date(2024, 12, 10), date(2025, 1, 2)),  # New Year's Eve and Day are skipped.
    ],
)
def test_the_time_to_appeal_ends_on_a_working_day(posted: date, last: date) -> None:
    assert appeal_by(posted) == last
    assert (earliest_removal(posted) - last).days == 1
    assert (earliest_removal(posted) - posted).days >= 22


def test_a_notice_stands_for_22_days_as_a_rule() -> None:
    """Posted on day D, it is removed on D + 22 at the earliest (KL 8:12, 13:5)."""
    assert earliest_removal(date(2026, 10, 6)) == date(2026, 10, 28)
    assert post_by(date(2024, 4, 30)) == date(2024, 5, 2)


@pytest.mark.parametrize(
    ("year", "day"), [(2000, (4, 23)), (2019, (4, 21)), (2024, (3, 31)), (2025, (4, 20)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


DAYS_OFF = {
    # Holidays by lag 1989:253, and the three eves, as in a printed almanac.
    2023: "1-1 1-6 4-7 4-10 5-1 5-18 6-6 6-23 12-24 12-25 12-26 12-31",
    2024: "1-1 1-6 3-29 4-1 5-1 5-9 6-6 6-21 12-24 12-25 12-26 12-31",
    2025: "1-1 1-6 4-18 4-21 5-1 5-29 6-6 6-20 12-24 12-25 12-26 12-31",
    2026: "1-1 1-6 4-3 4-6 5-1 5-14 6-6 6-19 12-24 12-25 12-26 12-31",
    2030: "1-1 1-6 4-19 4-22 5-1 5-30 6-6 6-21 12-24 12-25 12-26 12-31",
}


@pytest.mark.parametrize("year", DAYS_OFF)
def test_no_time_ends_on_a_weekend_or_a_holiday(year: int) -> None:
    """Every day of the year is checked; 2024 is a leap year."""
    off = {date(year, *map(int, day.split("-"))) for day in DAYS_OFF[year].split()}
    day = date(year, 1, 1)
    while day.year == year:
        assert working(day) is (day.isoweekday() < 6 and day not in off), day
        day += timedelta(days=1)


def test_easter_since_there_is_this_calendar() -> None:
    """The result equals another library's for each of 2,517 years."""
    assert [year for year in range(1583, 4100) if easter(year) != easter_elsewhere(year)] == []


@pytest.mark.parametrize(
    ("regime", "kind", "imported", "adjusted", "refusal"),
    [
        (Regime.KL_BOARD, MAIN, False, date(2024, 4, 30), None),
        (Regime.KL_ASSEMBLY, MAIN, False, date(2024, 4, 30), None),
        (Regime.JOINT_BOARD, ProtocolKind.IMMEDIATE, False, date(2024, 4, 30), None),
        (Regime.ASSOCIATION, MAIN, False, date(2024, 4, 30), Refusal.ASSOCIATION),
        (Regime.AGREEMENT, MAIN, False, date(2024, 4, 30), Refusal.AGREEMENT),
        (Regime.KL_BOARD, ProtocolKind.CORRECTION, False, date(2024, 4, 30), Refusal.BESIDE),
        (Regime.KL_BOARD, MAIN, True, None, Refusal.IMPORTED),
        (Regime.KL_BOARD, MAIN, False, None, Refusal.NOT_ADJUSTED),
    ],
)
def test_who_posts(
    regime: Regime, kind: ProtocolKind, imported: bool, adjusted: date | None, refusal: Refusal | None
) -> None:
    assert rules.refuse_notice(regime, kind, imported=imported, adjusted=adjusted) is refusal


def test_who_posts_is_who_can_be_appealed() -> None:
    """The page, the document and the rule agree on who is bound by kommunallagen."""
    assert all(bool(r.demands.appeal) is r.demands.posts for r in Regime)
    assert all(bool(r.demands.unposted) is not r.demands.posts for r in Regime)


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2024, 4, 29), Refusal.BEFORE_ADJUSTED),
        (date(2024, 4, 30), None),
        (date(2024, 5, 1), None),
        (date(2024, 5, 3), None),
        (date(2024, 5, 4), Refusal.AHEAD),
        (None, Refusal.NO_DAY),
    ],
)
def test_the_day_of_posting(day: date | None, refusal: Refusal | None) -> None:
    row = notice((None, None))
    assert rules.refuse_posting(row.postings[0], day, today=date(2024, 5, 3)) is refusal


@pytest.mark.parametrize(
    ("today", "refusal"),
    [(date(2024, 5, 23), Refusal.TOO_EARLY), (date(2024, 5, 24), None), (date(2024, 6, 30), None)],
)
def test_taking_down_waits_for_the_time_to_appeal(today: date, refusal: Refusal | None) -> None:
    row = notice((date(2024, 5, 2), None))
    assert rules.refuse_removal(row.postings[0], today, today=today) is refusal


def test_what_is_noted_of_a_posting() -> None:
    """Each event is recorded once, on a given day that is not in the future."""
    up, today = notice((date(2024, 5, 2), None)).postings[0], date(2024, 5, 24)
    assert rules.refuse_posting(up, today, today=today) is Refusal.POSTED_THERE
    assert rules.refuse_removal(up, None, today=today) is Refusal.NO_DAY
    assert rules.refuse_removal(up, date(2024, 5, 25), today=today) is Refusal.AHEAD
    down = notice((date(2024, 5, 2), date(2024, 5, 24))).postings[0]
    assert rules.refuse_removal(down, today, today=today) is Refusal.DOWN
    assert rules.last_posted([]) is None
    assert rules.may_come_down(notice((None, None))) is None
    assert rules.may_come_down(notice((date(2024, 5, 2), None))) == today
    assert rules.appeal_ends(notice((date(2024, 5, 2), None))) == date(2024, 5, 23)


@pytest.mark.parametrize("kind", ProtocolKind)
def test_which_records_have_a_notice(kind: ProtocolKind) -> None:
    refusal = rules.refuse_notice(Regime.KL_BOARD, kind, imported=False, adjusted=date(2024, 4, 30))
    assert refusal is (None if kind in {ProtocolKind.MAIN, ProtocolKind.IMMEDIATE} else Refusal.BESIDE)
    assert rules.refuse_notice(Regime.AGREEMENT, kind, imported=True, adjusted=None) is Refusal.AGREEMENT


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2024, 5, 22), NoticeState.UP),
        (date(2024, 5, 23), NoticeState.UP),
        (date(2024, 5, 24), NoticeState.DUE),
        (date(2024, 5, 25), NoticeState.DUE),
    ],
)
def test_a_notice_is_due_the_day_after_the_last_to_appeal(today: date, state: NoticeState) -> None:
    assert rules.state_of(notice((date(2024, 5, 2), None)), today=today) is state


def test_a_joint_boards_time_runs_from_the_last_posting() -> None:
    """KL 13:5, second paragraph."""
    waiting = notice((date(2024, 5, 2), None), (None, None))
    assert rules.appeal_ends(waiting) is None
    assert rules.refuse_removal(waiting.postings[0], date(2024, 7, 1), today=date(2024, 7, 1)) is Refusal.NOT_EVERYWHERE
    assert rules.refuse_removal(waiting.postings[1], date(2024, 7, 1), today=date(2024, 7, 1)) is Refusal.NOT_POSTED
    both = notice((date(2024, 5, 2), None), (date(2024, 5, 7), None))
    assert rules.appeal_ends(both) == date(2024, 5, 28)
    assert rules.refuse_removal(both.postings[0], date(2024, 5, 28), today=date(2024, 7, 1)) is Refusal.TOO_EARLY
    assert rules.refuse_removal(both.postings[0], date(2024, 5, 29), today=date(2024, 7, 1)) is None


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (((date(2024, 5, 2), None), (None, None)), NoticeState.PARTLY),
        (((date(2024, 5, 2), None), (date(2024, 5, 3), None)), NoticeState.UP),
        (((date(2024, 4, 30), None), (date(2024, 4, 30), None)), NoticeState.DUE),
        (((date(2024, 4, 2), date(2024, 5, 22)), (date(2024, 4, 2), None)), NoticeState.DUE),
        (((date(2024, 4, 2), date(2024, 5, 22)), (date(2024, 4, 2), date(2024, 5, 22))), NoticeState.DOWN),
    ],
)
def test_how_a_notice_stands(days: tuple[tuple[date | None, date | None], ...], state: NoticeState) -> None:
    assert rules.state_of(notice(*days), today=date(2024, 5, 23)) is state


@pytest.mark.parametrize(
    ("posted", "late"), [(date(2024, 5, 1), False), (date(2024, 5, 2), False), (date(2024, 5, 3), True)]
)
def test_posting_is_late_after_the_second_day(posted: date, late: bool) -> None:
    assert rules.late(posted, date(2024, 4, 30)) is late


WITHDRAWN_AT = datetime(2024, 5, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "reason", "refusal"),
    [
        ({}, "Fel plats", None),
        ({}, "  ", Refusal.NO_REASON),
        ({"down_at": WITHDRAWN_AT}, "Fel plats", Refusal.DOWN),
        ({"down_at": WITHDRAWN_AT, "withdrawn_at": WITHDRAWN_AT}, "Fel plats", Refusal.WITHDRAWN),
    ],
)
def test_when_a_notice_is_withdrawn(facts: dict[str, datetime], reason: str, refusal: Refusal | None) -> None:
    """While it is up, once, with a reason."""
    row = notice((date(2024, 5, 1), None))
    for name, value in facts.items():
        setattr(row, name, value)
    assert rules.refuse_withdrawing(row, reason) is refusal


def test_nothing_is_done_with_a_withdrawn_notice() -> None:
    """It is neither posted on another board nor taken down, and its state says what it is."""
    row = notice((date(2024, 5, 1), None), (None, None))
    row.withdrawn_at = WITHDRAWN_AT
    today = date(2024, 7, 1)
    assert rules.refuse_posting(row.postings[1], today, today=today) is Refusal.WITHDRAWN
    assert rules.refuse_removal(row.postings[0], today, today=today) is Refusal.WITHDRAWN
    assert rules.state_of(row, today=today) is NoticeState.WITHDRAWN
