"""The presence list of a new meeting: those with a seat that day, in the order of the protocol and of service."""

from __future__ import annotations

from datetime import date, timedelta

from govern.forums.states import SeatRole
from govern.meetings import operations
from govern.meetings.states import MeetingState
from govern.people.models import Person
from tests import make
from tests.cast import Cast
from tests.make import AT, DAY

SEATS = [
    # Name, role, position, and first and last day in days from the meeting.
    ("Co-opted", SeatRole.CO_OPTED, 1, -1, None),
    ("Second substitute", SeatRole.SUBSTITUTE, 5, -1, None),
    ("First substitute", SeatRole.SUBSTITUTE, 4, -1, None),
    ("Lead", SeatRole.PROJECT_LEAD, 1, -1, None),
    ("Convener", SeatRole.CONVENER, 1, -1, None),
    ("Second member", SeatRole.MEMBER, 3, -1, None),
    ("First member", SeatRole.MEMBER, 2, -1, None),
    ("Vice chair", SeatRole.VICE_CHAIR, 9, -1, None),
    ("Keeper", SeatRole.SECRETARY, 0, -1, None),
    ("Chair", SeatRole.CHAIR, 8, -1, None),
    ("From today", SeatRole.MEMBER, 10, 0, None),
    ("Until today", SeatRole.MEMBER, 11, -9, 0),
    ("From tomorrow", SeatRole.MEMBER, 12, 1, None),
    ("Until yesterday", SeatRole.MEMBER, 13, -9, -1),
]


def test_who_is_listed_when_it_opens(cast: Cast) -> None:
    """The list is ordered by role and position, covers first and last days of seats, and assumes all present."""
    forum = make.forum(cast.collaboration, "Nämnden")
    for name, role, position, first, last in SEATS:
        ends = DAY + timedelta(days=last) if last is not None else None
        person = make.add(Person(name=name))
        party = cast.host if role is SeatRole.CHAIR else cast.other
        values = {"position": position, "starts_on": DAY + timedelta(days=first), "ends_on": ends}
        make.seat(forum, person, role, party=party, political_party="S", title="KSO", **values)
        if name == "Chair":  # A person with two seats is listed once, by the seat that comes first.
            make.seat(forum, person, SeatRole.MEMBER, position=1, starts_on=date(2023, 1, 1))
    make.seat(forum, None, SeatRole.MEMBER, position=0)  # Vacant.
    meeting = make.meeting(forum)
    make.commit()
    operations.open_meeting(meeting, by=cast.cilla, at=AT)
    assert [row.name for row in meeting.presences] == [
        *("Chair", "Vice chair", "First member", "Second member", "From today", "Until today"),
        *("First substitute", "Second substitute", "Convener", "Lead", "Co-opted", "Keeper"),
    ]
    assert all(row.present for row in meeting.presences)
    assert [row.position for row in meeting.presences] == list(range(1, 13))
    assert meeting.chair is not None
    assert meeting.secretary is not None
    assert (meeting.chair.name, meeting.secretary.name) == ("Chair", "Keeper")
    assert (meeting.state, meeting.opened_at) == (MeetingState.OPEN, AT)
    chair, vice = meeting.presences[:2]
    assert (chair.party, vice.party) == (cast.host.short_name, cast.other.short_name)
    assert (chair.political_party, chair.title) == ("S", "KSO")


def test_without_a_secretary_whoever_opens_keeps_the_minutes(cast: Cast) -> None:
    meeting = make.meeting(make.forum(cast.collaboration, "Tomma rådet"))
    make.commit()
    operations.open_meeting(meeting, by=cast.david, at=AT)
    assert (meeting.secretary, meeting.chair, meeting.presences) == (cast.david, None, [])
