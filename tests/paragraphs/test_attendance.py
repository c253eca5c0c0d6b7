"""Who was present and took part at each paragraph, and the quorum; no database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_a_substitute_serves_until_the_member_takes_part_again() -> None:
    """After a disqualification, and when an absent member arrives; the next absence needs a new substitute."""
    chair, member, substitute = presence(1, SeatRole.CHAIR), presence(2), presence(3, SeatRole.SUBSTITUTE)
    people = [chair, member, substitute]
    story = [
        paragraph(5, (3, Change.SERVES, 2), away=(2,)),
        paragraph(6),
        paragraph(7, (2, Change.LEAVES, None)),
        paragraph(8, (3, Change.SERVES, 2)),
        paragraph(9, (2, Change.ARRIVES, None)),
    ]
    told = attendance.by_paragraph(people, story)
    assert [standings[3].serving_for_id for standings in told] == [2, None, None, 2, None]
    assert [attendance.count_taking_part(people, standings)[0] for standings in told] == [2, 2, 1, 2, 2]
    assert [
        (s.first, s.last, s.serving_for_id) for s in attendance.spans(people, story) if s.presence is substitute
    ] == [
        (None, 5, 2),
        (6, 7, None),
        (8, 8, 2),
        (9, None, None),
    ]


def test_the_substitute_who_came_last_to_a_seat_serves_there() -> None:
    people = [presence(1, present=False), *(presence(n, SeatRole.SUBSTITUTE) for n in (2, 3))]
    story = [paragraph(1, (2, Change.SERVES, 1)), paragraph(2, (3, Change.SERVES, 1)), paragraph(3)]
    told = attendance.by_paragraph(people, story)
    assert [(s[2].serving_for_id, s[3].serving_for_id) for s in told] == [(1, None), (None, 1), (None, 1)]
    at_start = [presence(1, present=False), *(presence(n, SeatRole.SUBSTITUTE, serves=1) for n in (2, 3))]
    assert attendance.from_start(at_start) == {1: Standing(False), 2: Standing(True, 1), 3: Standing(True)}
    assert [s.serving_for_id for s in attendance.spans(at_start, [])] == [1, None]


PEOPLE = st.lists(
    st.tuples(st.sampled_from(list(SeatRole)), st.booleans(), st.none() | st.integers(1, 9)), min_size=1, max_size=9
)
ANYTHING = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(1, 9), st.sampled_from(list(Change)), st.none() | st.integers(1, 9)), max_size=5
        ),
        st.lists(st.integers(1, 9), max_size=4),
    ),
    max_size=7,
)


@settings(max_examples=100, deadline=None)
@given(PEOPLE, ANYTHING)
def test_no_seat_is_ever_taken_twice(people: Any, happenings: Any) -> None:
    """Whatever is recorded, in whatever order: those who decide are never more than the seats (KL 4:25)."""
    listed = [presence(n, role, present=here, serves=serves) for n, (role, here, serves) in enumerate(people, 1)]
    story = [paragraph(n, *changes, away=tuple(away)) for n, (changes, away) in enumerate(happenings, 1)]
    for standings in [attendance.from_start(listed), *attendance.by_paragraph(listed, story)]:
        taking_part, seats = attendance.count_taking_part(listed, standings)
        assert 0 <= taking_part <= seats
        taken = [standings[p.id].serving_for_id or p.id for p in listed if standings[p.id].takes_part(p)]
        assert len(taken) == len(set(taken))
        assert {p.id for p in listed if p.role.deciding} >= set(taken)
        for one in listed:
            if one.role.deciding and standings[one.id].present and not standings[one.id].disqualified:
                assert one.id in taken, "A member in the room, without jäv, takes part."


@settings(max_examples=50, deadline=None)
@given(PEOPLE, ANYTHING)
def test_the_stretches_tell_the_same_as_the_standings(people: Any, happenings: Any) -> None:
    """What the protocol says from one § to another is what was so at each of them."""
    listed = [presence(n, role, present=here, serves=serves) for n, (role, here, serves) in enumerate(people, 1)]
    story = [paragraph(n, *changes, away=tuple(away)) for n, (changes, away) in enumerate(happenings, 1)]
    spans = attendance.spans(listed, story)
    for number, standings in enumerate(attendance.by_paragraph(listed, story), 1):
        told = {s.presence.id: s.serving_for_id for s in spans if (s.first or 1) <= number <= (s.last or number)}
        assert told == {one: s.serving_for_id for one, s in standings.items() if s.present}


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
