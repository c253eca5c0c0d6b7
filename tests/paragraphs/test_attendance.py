"""Who was present and took part at each paragraph, and the quorum; no database."""

from __future__ import annotations

from typing import Any

import pytest

from govern.forums.states import SeatRole
from govern.paragraphs import attendance
from govern.paragraphs.attendance import Span, Standing
from govern.paragraphs.states import Change
from tests.plain import Row


def presence(number: int, role: SeatRole = SeatRole.MEMBER, *, present: bool = True, serves: int | None = None) -> Any:
    """Return a presence on the list."""
    return Row(id=number, person_id=number * 10, role=role, present=present, serving_for_id=serves)


def paragraph(number: int, *changes: tuple[int, Change, int | None], away: tuple[int, ...] = ()) -> Any:
    """Return a paragraph from which on presence changes; those in `away` are disqualified for it alone."""
    return Row(
        id=number,
        number=number,
        changes=[Row(presence_id=who, change=change, serving_for_id=served) for who, change, served in changes],
        disqualifications=[Row(presence_id=who) for who in away],
    )


PART = {
    "a member": (SeatRole.MEMBER, Standing(True), True),
    "the chair": (SeatRole.CHAIR, Standing(True), True),
    "a vice chair": (SeatRole.VICE_CHAIR, Standing(True), True),
    "a member away": (SeatRole.MEMBER, Standing(False), False),
    "a member disqualified": (SeatRole.MEMBER, Standing(True, disqualified=True), False),
    "a substitute": (SeatRole.SUBSTITUTE, Standing(True), False),
    "a substitute serving": (SeatRole.SUBSTITUTE, Standing(True, 1), True),
    "a substitute serving, disqualified": (SeatRole.SUBSTITUTE, Standing(True, 1, disqualified=True), False),
    "a substitute who has left": (SeatRole.SUBSTITUTE, Standing(False, 1), False),
    "the secretary": (SeatRole.SECRETARY, Standing(True), False),
    "a guest": (SeatRole.CO_OPTED, Standing(True), False),
}


@pytest.mark.parametrize(("role", "standing", "takes"), PART.values(), ids=PART)
def test_who_takes_part(role: SeatRole, standing: Standing, takes: bool) -> None:
    """Those take part who are present, not disqualified (KL 6:30), and have a seat or serve for a member."""
    assert standing.takes_part(Row(role=role)) is takes


LIST = [presence(1, SeatRole.CHAIR), presence(2, present=False), presence(3, SeatRole.SUBSTITUTE, serves=2)]
"""The chair is present, a member is absent, and a substitute serves for that member from the start."""


def test_how_everyone_stands_at_each_paragraph() -> None:
    """A change applies from its paragraph on, a disqualification to its paragraph only."""
    here, gone, serving = Standing(True), Standing(False), Standing(True, 2)
    story = [
        paragraph(5),
        paragraph(6, away=(1,)),
        paragraph(7, (2, Change.ARRIVES, None), (3, Change.STEPS_BACK, None)),
        paragraph(8, (1, Change.LEAVES, None), (3, Change.SERVES, 1)),
        paragraph(9, (99, Change.LEAVES, None)),
    ]
    told = attendance.by_paragraph(LIST, story)
    assert told == [
        {1: here, 2: gone, 3: serving},
        {1: Standing(True, disqualified=True), 2: gone, 3: serving},
        {1: here, 2: here, 3: here},
        {1: gone, 2: here, 3: Standing(True, 1)},
        {1: gone, 2: here, 3: Standing(True, 1)},
    ]
    for count in range(1, 5):
        assert attendance.standing_after(LIST, story[:count]) == told[count - 1]
    assert attendance.standing_after(LIST, []) == {1: here, 2: gone, 3: serving}


def test_whoever_is_away_from_the_start_serves_for_nobody() -> None:
    absent = presence(3, SeatRole.SUBSTITUTE, present=False, serves=2)
    assert attendance.from_start([absent]) == {3: Standing(False)}
    stepping = [paragraph(1, (3, Change.STEPS_BACK, None))]
    assert attendance.by_paragraph([absent], stepping) == [{3: Standing(False)}]


def test_presence_is_told_in_as_few_stretches_as_can_be() -> None:
    chair, member, substitute = LIST
    assert attendance.spans(LIST, []) == [Span(chair, None, None, None), Span(substitute, None, None, 2)]
    story = [
        paragraph(5),
        paragraph(6, (2, Change.ARRIVES, None), (3, Change.STEPS_BACK, None), away=(1,)),
        paragraph(7),
        paragraph(8, (2, Change.LEAVES, None), (3, Change.SERVES, 2)),
    ]
    assert attendance.spans(LIST, story) == [
        Span(chair, None, None, None),
        Span(member, 6, 7, None),
        Span(substitute, None, 5, 2),
        Span(substitute, 6, 7, None),
        Span(substitute, 8, None, 2),
    ]


@pytest.mark.parametrize("seats", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("there", range(6))
def test_how_many_take_part_of_how_many_seats(seats: int, there: int) -> None:
    """Substitutes and guests add no seat; a substitute who serves fills one."""
    members = [presence(number, present=number <= there) for number in range(1, seats + 1)]
    others = [presence(50, SeatRole.SECRETARY), presence(51, SeatRole.SUBSTITUTE)]
    standing = attendance.from_start(members + others)
    assert attendance.count_taking_part(members + others, standing) == (min(there, seats), seats)
    standing[51] = Standing(True, 1)
    assert attendance.count_taking_part(members + others, standing) == (min(there, seats) + 1, seats)


def test_a_name_without_a_person_is_not_the_chair_of_a_meeting_without_one() -> None:
    guest = Row(id=1, role=SeatRole.CO_OPTED, present=True)
    one = paragraph(1)
    assert attendance.presiding([guest], [one], None) == [None]
    one.meeting = Row(presences=[LIST[0]], chair_id=10)
    one.of_meeting = [one]
    assert attendance.presides_at(one) is LIST[0]
    one.of_meeting = []
    assert attendance.presides_at(one) is None
