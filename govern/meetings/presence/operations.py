"""Recording who is present from the start and for whom they serve, and appointing chair, secretary and adjusters."""

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
    """How someone takes part from the start: present or not, remotely, and serving for whom."""

    presence_id: int
    present: bool
    remote: bool = False
    serving_for_id: int | None = None


@dataclass(frozen=True, slots=True)
class _After:
    """A row of the presence list as it would be, for the rules to check before anything is changed."""

    id: int
    role: SeatRole
    present: bool
    serving_for_id: int | None


def record_attendance(meeting: Meeting, rows: list[Attendance], *, by: Person, at: datetime) -> None:
    """Record the whole presence list.

    Raises:
        Refused: if the meeting is not opened, is sealed or called off, or someone would serve who may not.
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


def record_list(
    meeting: Meeting,
    rows: list[Attendance],
    *,
    chair: Person | None,
    secretary: Person | None,
    adjusting: Collection[int],
    confirmed: bool = False,
    by: Person,
    at: datetime,
) -> None:
    """Record the presence list with chair, secretary and adjusters; `adjusting` are ids of presences.

    `confirmed` as in `rules.refuse_adjuster`.

    Raises:
        Refused: as for `record_attendance`, `appoint` and `choose_adjusters`; the caller then undoes what was changed.
    """
    record_attendance(meeting, rows, by=by, at=at)
    appoint(meeting, chair=chair, secretary=secretary, by=by, at=at)
    adjusters = [p for p in meeting.presences if p.id in adjusting]
    choose_adjusters(meeting, adjusters, confirmed=confirmed, by=by, at=at)


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
    """Add someone who holds no seat: a registered person, or just a name.

    Raises:
        Refused: if the meeting is not opened, is sealed or called off, the name is blank, or the person is listed
            already.
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
    serving: Collection[int] = (),
    confirmed: bool = False,
    by: Person,
    at: datetime,
) -> None:
    """Appoint the meeting's chair and secretary, and with `adjusters` those too, in one change.

    The chair is to be present from the start or be among `here`, the ids of the people present now. `serving` are the
    ids of substitutes who have served later; `confirmed` as in `rules.refuse_adjuster`.

    Raises:
        Refused: if the meeting is not opened, is sealed or called off, the chair is not present, or an adjuster is
            refused.
    """
    enforce(rules.refuse_writing(meeting))
    there = {presence.person_id for presence in meeting.presences if presence.present}
    if chair is not None and chair.id not in there and chair.id not in here:
        raise Refused(Refusal.NOT_PRESENT, "chair_id")
    _refuse_adjusters(meeting, adjusters or [], chair, serving, confirmed=confirmed)
    meeting.chair, meeting.secretary = chair, secretary
    audit.write("meeting.appointed", meeting, by=by, at=at)
    if adjusters is not None:
        _choose_adjusters(meeting, adjusters, by=by, at=at)
    save_changes()
    db.session.refresh(meeting, ["adjusters"])


def choose_adjusters(
    meeting: Meeting, presences: list[Presence], *, confirmed: bool = False, by: Person, at: datetime
) -> None:
    """Set who adjusts the protocol together with the chair, in order; `confirmed` as in `rules.refuse_adjuster`.

    Raises:
        Refused: if the meeting is not opened, is sealed or called off, or one of them is refused.
    """
    enforce(rules.refuse_writing(meeting))
    _refuse_adjusters(meeting, presences, meeting.chair, (), confirmed=confirmed)
    _choose_adjusters(meeting, presences, by=by, at=at)
    save_changes()
    db.session.refresh(meeting, ["adjusters"])


def _refuse_adjusters(
    meeting: Meeting, presences: list[Presence], chair: Person | None, serving: Collection[int], *, confirmed: bool
) -> None:
    """Enforce the rule for each; those chosen earlier were confirmed then."""
    before = {adjuster.presence_id for adjuster in meeting.adjusters}
    for presence in presences:
        asked = confirmed or presence.id in before
        refusal = rules.refuse_adjuster(presence, chair.id if chair else None, serving=serving, confirmed=asked)
        enforce(refusal, "adjusters")


def _choose_adjusters(meeting: Meeting, presences: list[Presence], *, by: Person, at: datetime) -> None:
    for adjuster in list(meeting.adjusters):
        db.session.delete(adjuster)
    db.session.flush()
    for position, presence in enumerate(presences, 1):
        db.session.add(Adjuster(meeting_id=meeting.id, presence_id=presence.id, position=position))
    audit.write("adjusters.chosen", meeting, by=by, at=at, presences=[presence.id for presence in presences])
