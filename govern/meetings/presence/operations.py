"""Who is there from the start, who serves for whom, who presides, keeps the minutes and adjusts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from govern import audit
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.forums.states import SeatRole
from govern.meetings import rules
from govern.meetings.models import Adjuster, Meeting, Presence
from govern.meetings.operations import next_position
from govern.meetings.rules import Refusal
from govern.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How someone takes part from the start: there or not, from afar, in whose place."""

    presence_id: int
    present: bool
    remote: bool = False
    serving_for_id: int | None = None


@dataclass(frozen=True, slots=True)
class _After:
    """How someone will take part, for the rules to judge before anything is changed."""

    id: int
    role: SeatRole
    present: bool
    serving_for_id: int | None


def record_attendance(meeting: Meeting, rows: list[Attendance], *, by: Person, at: datetime) -> None:
    """Record the whole list at once.

    Raises:
        Refused: when the protocol is sealed, or someone would serve who may not.
    """
    enforce(rules.refuse_writing(meeting))
    by_id = {presence.id: presence for presence in meeting.presences}
    after = {
        presence.id: _After(presence.id, presence.role, presence.present, presence.serving_for_id)
        for presence in meeting.presences
    }
    for row in rows:
        serving_for_id = row.serving_for_id if row.present else None
        after[row.presence_id] = _After(row.presence_id, by_id[row.presence_id].role, row.present, serving_for_id)
    for one in after.values():
        if one.serving_for_id is not None:
            refusal = rules.refuse_serving(one, after.get(one.serving_for_id), after.values())
            if refusal:
                raise Refused(f"{by_id[one.id].name}: {refusal.value}")
    for row in rows:
        presence = by_id[row.presence_id]
        presence.present, presence.remote = row.present, row.remote and row.present
        presence.serving_for_id = after[presence.id].serving_for_id
    audit.write("presence.recorded", meeting, by=by, at=at)
    save_changes()


def add_guest(
    meeting: Meeting,
    person: Person | None,
    name: str,
    *,
    role: SeatRole,
    title: str = "",
    party: str = "",
    political_party: str = "",
    by: Person,
    at: datetime,
) -> Presence:
    """Add someone who holds no seat: a person that is known, or just a name.

    Raises:
        Refused: when the protocol is sealed, the name blank, or the person there already.
    """
    enforce(rules.refuse_writing(meeting))
    if person is not None and any(presence.person_id == person.id for presence in meeting.presences):
        raise Refused(Refusal.ALREADY_THERE, "name")
    name = person.name if person else " ".join(name.split())
    if not name:
        raise Refused(Refusal.NO_HEADING, "name")
    presence = Presence(
        meeting=meeting,
        person=person,
        position=next_position(meeting),
        name=name,
        role=role,
        title=title,
        party=party,
        political_party=political_party,
    )
    db.session.add(presence)
    audit.write("presence.added", presence, by=by, at=at)
    save_changes()
    return presence


def appoint(
    meeting: Meeting,
    *,
    chair: Person | None,
    secretary: Person | None,
    here: Collection[int] = (),
    adjusters: list[Presence] | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Say who presides and who keeps the minutes. The chair is to be in the room, from the start or by now.

    `here` are the ids of the people who are in the room when it is said. `adjusters`, when given, are chosen too: all
    or nothing.

    Raises:
        Refused: when the protocol is sealed, one of them is not in the room, or an adjuster presides.
    """
    enforce(rules.refuse_writing(meeting))
    there = {presence.person_id for presence in meeting.presences if presence.present}
    if chair is not None and chair.id not in there and chair.id not in here:
        raise Refused(Refusal.NOT_PRESENT, "chair_id")
    for presence in adjusters or []:
        enforce(rules.refuse_adjuster(presence, chair.id if chair else None), "adjusters")
    meeting.chair, meeting.secretary = chair, secretary
    audit.write("meeting.appointed", meeting, by=by, at=at)
    if adjusters is not None:
        _choose_adjusters(meeting, adjusters, by=by, at=at)
    save_changes()
    db.session.refresh(meeting, ["adjusters"])


def choose_adjusters(meeting: Meeting, presences: list[Presence], *, by: Person, at: datetime) -> None:
    """Say who adjusts the protocol beside the chair, in order.

    Raises:
        Refused: when the protocol is sealed, or one of them was not there or presides.
    """
    enforce(rules.refuse_writing(meeting))
    for presence in presences:
        enforce(rules.refuse_adjuster(presence, meeting.chair_id), "adjusters")
    _choose_adjusters(meeting, presences, by=by, at=at)
    save_changes()
    db.session.refresh(meeting, ["adjusters"])


def _choose_adjusters(meeting: Meeting, presences: list[Presence], *, by: Person, at: datetime) -> None:
    for adjuster in list(meeting.adjusters):
        db.session.delete(adjuster)
    db.session.flush()
    for position, presence in enumerate(presences, 1):
        db.session.add(Adjuster(meeting_id=meeting.id, presence_id=presence.id, position=position))
    audit.write("adjusters.chosen", meeting, by=by, at=at, presences=[presence.id for presence in presences])
