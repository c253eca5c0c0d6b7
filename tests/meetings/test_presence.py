"""The presence list is checked as a whole and then changed completely or not at all."""

from __future__ import annotations

import pytest

from govern.db import db
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings.models import Meeting, Presence
from govern.meetings.presence.operations import Attendance, record_attendance
from govern.meetings.rules import Refusal
from govern.meetings.states import MeetingState
from tests import make
from tests.cast import Cast

Room = tuple[Meeting, Presence, Presence, Presence]


@pytest.fixture
def room(cast: Cast) -> Room:
    """Return a meeting with an absent member, a present one, and a substitute serving for the first."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN)
    away = make.presence(meeting, cast.anna, present=False)
    there = make.presence(meeting, cast.bo)
    substitute = make.presence(meeting, cast.david, SeatRole.SUBSTITUTE, serving_for_id=away.id)
    make.commit()
    return meeting, away, there, substitute


def test_who_is_away_serves_for_nobody(cast: Cast, room: Room) -> None:
    """Serving and remote participation are cleared for the absent, even if the submitted list has them."""
    meeting, away, _, substitute = room
    row = Attendance(presence_id=substitute.id, present=False, remote=True, serving_for_id=away.id)
    record_attendance(meeting, [row], by=cast.cilla, at=make.AT)
    assert (substitute.present, substitute.remote, substitute.serving_for_id) == (False, False, None)


def test_a_place_goes_to_another_in_the_same_list(cast: Cast, room: Room) -> None:
    """The first substitute is replaced by the second; either row alone would be refused."""
    meeting, away, _, first = room
    second = make.presence(meeting, cast.cilla, SeatRole.SUBSTITUTE, present=False)
    rows = [
        Attendance(presence_id=second.id, present=True, serving_for_id=away.id),
        Attendance(presence_id=first.id, present=True),
    ]
    record_attendance(meeting, rows, by=cast.cilla, at=make.AT)
    assert (first.serving_for_id, second.serving_for_id) == (None, away.id)


def test_a_refused_list_changes_nothing(cast: Cast, room: Room) -> None:
    """A list with a member who is both present and served for is refused as a whole."""
    meeting, away, there, substitute = room
    rows = [
        Attendance(presence_id=there.id, present=False),
        Attendance(presence_id=away.id, present=True),
        Attendance(presence_id=substitute.id, present=True, serving_for_id=away.id),
    ]
    with pytest.raises(Refused, match=Refusal.SERVED_PRESENT.value):
        record_attendance(meeting, rows, by=cast.cilla, at=make.AT)
    db.session.commit()
    assert [p.present for p in (away, there, substitute)] == [False, True, True]
