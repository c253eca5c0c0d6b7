"""Changes of presence at a paragraph: a correction replaces the earlier change, and a refusal changes nothing."""

from __future__ import annotations

import pytest

from govern.db import db
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings.models import Presence
from govern.meetings.states import MeetingState
from govern.paragraphs import movements
from govern.paragraphs.live.workspace import room_at
from govern.paragraphs.models import Paragraph
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Change
from tests import make
from tests.cast import Cast

Two = tuple[list[Paragraph], Presence]


@pytest.fixture
def two(cast: Cast) -> Two:
    """Return two paragraphs of a meeting where Bo is present from the start."""
    meeting, series = make.meeting(cast.forum, state=MeetingState.OPEN), make.series(cast.forum, 17)
    bo = make.presence(meeting, cast.bo)
    paragraphs = [make.paragraph(meeting, series, heading, cast.cilla) for heading in ("Ett", "Två")]
    make.commit()
    return paragraphs, bo


def changes(paragraph: Paragraph) -> list[Change]:
    db.session.commit()
    return [change.change for change in paragraph.changes]


def test_it_is_judged_by_how_they_stood_before_this_paragraph(cast: Cast, two: Two) -> None:
    """A change recorded at this paragraph is replaced, and is not taken into account."""
    (first, second), bo = two
    for _ in range(2):
        movements.change_presence(first, bo, Change.LEAVES, None, by=cast.cilla, at=make.AT)
        assert changes(first) == [Change.LEAVES]
    with pytest.raises(Refused, match=Refusal.ALREADY_PRESENT.value):
        movements.change_presence(first, bo, Change.ARRIVES, None, by=cast.cilla, at=make.AT)
    assert changes(first) == [Change.LEAVES]
    with pytest.raises(Refused, match=Refusal.ALREADY_AWAY.value):
        movements.change_presence(second, bo, Change.LEAVES, None, by=cast.cilla, at=make.AT)
    assert changes(second) == []
    movements.change_presence(second, bo, Change.ARRIVES, None, by=cast.cilla, at=make.AT)
    assert changes(second) == [Change.ARRIVES]


def test_the_others_stand_as_they_do_at_it(cast: Cast, two: Two) -> None:
    """A disqualification counts at its own paragraph only."""
    (first, second), bo = two
    movements.disqualify(first, bo, "", by=cast.cilla, at=make.AT)
    assert movements.standings_at(first, before=bo)[bo.id].disqualified
    assert not movements.standings_at(second, before=bo)[bo.id].disqualified


def test_the_room_counts_the_member_who_returns_and_not_the_substitute(cast: Cast, two: Two) -> None:
    """A substitute recorded for a disqualification no longer serves, nor is asked to stop, at the next §."""
    (first, second), bo = two
    stand_in = make.presence(first.meeting, cast.david, role=SeatRole.SUBSTITUTE)
    make.commit()
    movements.disqualify(first, bo, "", by=cast.cilla, at=make.AT)
    movements.change_presence(first, stand_in, Change.SERVES, bo, by=cast.cilla, at=make.AT)
    rooms = [room_at(paragraph) for paragraph in (first, second)]
    assert [(room.taking_part, room.seats) for room in rooms] == [(1, 1), (1, 1)]
    here, there = ({a.presence.id: a for a in room.attending}[stand_in.id] for room in rooms)
    assert here.serving_for is bo
    assert Change.STEPS_BACK in here.moves
    assert there.serving_for is None
    assert there.moves == (Change.LEAVES,)
    assert there.stretches == ("§ 17", "från § 18")


def test_nothing_moves_at_a_paragraph_that_was_adjusted_at_once(cast: Cast, two: Two) -> None:
    """Neither presence nor who presides: its record is sealed."""
    (first, _), bo = two
    movements.preside(first, bo, by=cast.cilla, at=make.AT)
    first.sealed_at = make.AT
    make.commit()
    for move in (
        lambda: movements.change_presence(first, bo, Change.LEAVES, None, by=cast.cilla, at=make.AT),
        lambda: movements.disqualify(first, bo, "", by=cast.cilla, at=make.AT),
        lambda: movements.undo(first, bo, by=cast.cilla, at=make.AT),
        lambda: movements.preside(first, bo, by=cast.cilla, at=make.AT),
        lambda: movements.undo_presiding(first, by=cast.cilla, at=make.AT),
    ):
        with pytest.raises(Refused, match=Refusal.SEALED_ALONE.value):
            move()
        db.session.rollback()
    assert first.presiding is not None
    assert changes(first) == []
