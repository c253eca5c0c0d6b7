"""What may be done to a meeting in each state, who serves and adjusts, and which times are valid; no database."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from govern.cases.states import ProposalState
from govern.forums.states import SeatRole
from govern.meetings import rules
from govern.meetings.rules import Refusal
from govern.meetings.states import MeetingState
from govern.swedish import SWEDEN
from tests.plain import Row

ON, OFF = Row(withdrawn=False), Row(withdrawn=True)
OPENED = datetime(2024, 4, 1, tzinfo=SWEDEN)


def meeting(state: MeetingState, **values: Any) -> Any:
    """Return a meeting in this state, with one item on its agenda."""
    opened = None if state in {MeetingState.PLANNED, MeetingState.CALLED, MeetingState.CANCELLED} else OPENED
    return Row(**{"state": state, "agenda": [ON], "opened_at": opened, "day": date(2024, 4, 22)} | values)


BY_STATE: dict[Any, tuple[Refusal | None, ...]] = {
    # In the order planned, called, open, closed, sealed, cancelled.
    rules.refuse_change: (None, None, None, None, Refusal.SEALED, Refusal.CANCELLED),
    rules.refuse_opening: (None, None, *[Refusal.ALREADY_OPEN] * 3, Refusal.CANCELLED),
    rules.refuse_closing: (Refusal.NOT_OPEN, Refusal.NOT_OPEN, None, *[Refusal.NOT_OPEN] * 3),
    rules.refuse_reopening: (*[Refusal.NOT_CLOSED] * 3, None, Refusal.SEALED, Refusal.CANCELLED),
    rules.refuse_writing: (Refusal.NOT_OPEN, Refusal.NOT_OPEN, None, None, Refusal.SEALED, Refusal.CANCELLED),
    rules.refuse_summons: (None, None, *[Refusal.ALREADY_OPEN] * 3, Refusal.CANCELLED),
}


@pytest.mark.parametrize("rule", BY_STATE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("state", MeetingState)
def test_what_a_meeting_allows_in_each_state(rule: Any, state: MeetingState) -> None:
    assert rule(meeting(state)) is BY_STATE[rule][list(MeetingState).index(state)]


@pytest.mark.parametrize(
    ("agenda", "refusal"), [([], Refusal.EMPTY_AGENDA), ([OFF], Refusal.EMPTY_AGENDA), ([OFF, ON], None), ([ON], None)]
)
def test_a_meeting_is_called_to_something(agenda: list[Any], refusal: Refusal | None) -> None:
    """Withdrawn items do not count."""
    assert rules.refuse_summons(meeting(MeetingState.PLANNED, agenda=agenda)) is refusal


CALLED_OFF = (None, None, *[Refusal.BEGUN] * 3, Refusal.CANCELLED)


@pytest.mark.parametrize("state", MeetingState)
def test_only_what_has_not_begun_is_called_off(state: MeetingState) -> None:
    refusal = CALLED_OFF[list(MeetingState).index(state)]
    assert rules.refuse_calling_off(meeting(state), "Sjukdom") is refusal
    assert rules.refuse_calling_off(meeting(state), " \n") is (refusal or Refusal.NO_CANCEL_REASON)


NINE = time(9)
TIMES = {
    "no end yet": (None, False, None),
    "the day after, but when?": (None, True, Refusal.NO_END),
    "before it begins": (time(8, 59), False, Refusal.ENDS_BEFORE_START),
    "when it begins": (NINE, False, Refusal.ENDS_BEFORE_START),
    "a minute later": (time(9, 1), False, None),
    "before it begins, the day after": (time(8, 59), True, None),
    "when it begins, the day after": (NINE, True, None),
    "past that, the day after": (time(9, 1), True, None),
}


@pytest.mark.parametrize(("ends", "next_day", "refusal"), TIMES.values(), ids=TIMES)
def test_a_meeting_ends_after_it_began(ends: time | None, next_day: bool, refusal: Refusal | None) -> None:
    assert rules.refuse_times(NINE, ends, next_day=next_day) is refusal


AHEAD = {
    "has been": (time(12), False, datetime(2024, 4, 22, 12, tzinfo=SWEDEN), None),
    "not said": (None, True, datetime(2024, 4, 22, 0, tzinfo=SWEDEN), None),
    "five minutes ahead, as a clock may be": (time(12, 5), False, datetime(2024, 4, 22, 12, tzinfo=SWEDEN), None),
    "six minutes ahead": (time(12, 6), False, datetime(2024, 4, 22, 12, tzinfo=SWEDEN), Refusal.ENDS_AHEAD),
    "tomorrow, said today": (time(1), True, datetime(2024, 4, 22, 23, tzinfo=SWEDEN), Refusal.ENDS_AHEAD),
    "tomorrow, said then": (time(1), True, datetime(2024, 4, 23, 1, tzinfo=SWEDEN), None),
    "tomorrow, said the day after": (time(1), True, datetime(2024, 4, 24, 0, 30, tzinfo=SWEDEN), None),
}


@pytest.mark.parametrize(("ends", "next_day", "here", "refusal"), AHEAD.values(), ids=AHEAD)
def test_no_meeting_has_ended_at_a_time_to_come(
    ends: time | None, next_day: bool, here: datetime, refusal: Refusal | None
) -> None:
    row = meeting(MeetingState.OPEN)
    assert rules.refuse_end_ahead(row, ends, next_day=next_day, here=here) is refusal


@pytest.mark.parametrize(
    ("proposal", "refusal"),
    [
        (None, None),
        (Row(forum_id=1, state=ProposalState.READY), None),
        (Row(forum_id=1, state=ProposalState.DRAFT), Refusal.PROPOSAL_DRAFT),
        (Row(forum_id=2, state=ProposalState.READY), Refusal.PROPOSAL_FORUM),
    ],
)
def test_which_papers_an_agenda_takes(proposal: Any, refusal: Refusal | None) -> None:
    assert rules.refuse_proposal(meeting(MeetingState.PLANNED, forum_id=1), proposal) is refusal


@pytest.mark.parametrize(
    ("ids", "refusal"),
    [([2, 1], None), ([1, 2], None), ([1], Refusal.ORDER), ([1, 1], Refusal.ORDER), ([1, 2, 3], Refusal.ORDER)],
)
def test_an_order_names_every_item_once(ids: list[int], refusal: Refusal | None) -> None:
    assert rules.refuse_order([Row(id=1), Row(id=2)], ids) is refusal


MEMBER = Row(id=1, role=SeatRole.MEMBER, present=False)
OTHER = Row(id=2, role=SeatRole.CHAIR, present=False)
THERE = Row(id=3, role=SeatRole.MEMBER, present=True)
CLERK = Row(id=4, role=SeatRole.SECRETARY, present=False)
FIRST = Row(id=5, role=SeatRole.SUBSTITUTE, present=True)
SECOND = Row(id=6, role=SeatRole.SUBSTITUTE, present=True)
SERVING = {
    "for a member away": (FIRST, MEMBER, None, None),
    "for the chair away": (FIRST, OTHER, None, None),
    "by no substitute": (THERE, MEMBER, None, Refusal.NOT_SUBSTITUTE),
    "for nobody": (FIRST, None, None, Refusal.SERVES_FOR_WHOM),
    "for one who does not decide": (FIRST, CLERK, None, Refusal.SERVES_FOR_WHOM),
    "for another substitute": (FIRST, SECOND, None, Refusal.SERVES_FOR_WHOM),
    "for one who is there": (FIRST, THERE, None, Refusal.SERVED_PRESENT),
    "for one whom another serves for": (FIRST, MEMBER, MEMBER.id, Refusal.SERVED_TWICE),
    "for another than that": (FIRST, OTHER, MEMBER.id, None),
}


@pytest.mark.parametrize(("substitute", "served", "others", "refusal"), SERVING.values(), ids=SERVING)
def test_a_substitute_takes_one_empty_place(
    substitute: Any, served: Any, others: int | None, refusal: Refusal | None
) -> None:
    """KL 5:66, 6:35. A substitute who already serves for a member may be recorded so again."""
    second = Row(id=SECOND.id, role=SECOND.role, present=True, serving_for_id=others)
    assert rules.refuse_serving(substitute, served, [MEMBER, OTHER, THERE, CLERK, substitute, second]) is refusal
    again = Row(id=FIRST.id, role=FIRST.role, present=True, serving_for_id=MEMBER.id)
    assert rules.refuse_serving(again, MEMBER, [MEMBER, again]) is None


@pytest.mark.parametrize(
    ("person", "present", "chair", "refusal"),
    [
        (7, True, 8, None),
        (7, False, 8, Refusal.NOT_PRESENT),
        (8, True, 8, Refusal.CHAIR_ADJUSTS),
        (8, False, 8, Refusal.NOT_PRESENT),
        (None, True, None, None),
        (7, True, None, None),
    ],
)
def test_who_adjusts_beside_the_chair(
    person: int | None, present: bool, chair: int | None, refusal: Refusal | None
) -> None:
    """Somebody who was present and did not preside (KL 5:69); a name without a person is never the chair."""
    assert rules.refuse_adjuster(Row(person_id=person, present=present, role=SeatRole.MEMBER), chair) is refusal


@pytest.mark.parametrize("role", SeatRole)
def test_others_than_members_and_serving_substitutes_adjust_if_confirmed(role: SeatRole) -> None:
    one = Row(id=5, person_id=7, present=True, role=role)
    assert rules.refuse_adjuster(one, 8) is (None if role.deciding else Refusal.NO_MEMBER_ADJUSTS)
    assert rules.refuse_adjuster(one, 8, confirmed=True) is None
    assert rules.refuse_adjuster(one, 7, confirmed=True) is Refusal.CHAIR_ADJUSTS
    assert rules.refuse_adjuster(one, 8, serving=[5]) is None
    assert rules.refuse_adjuster(Row(person_id=7, present=True, role=role, serving_for_id=3), 8) is None
