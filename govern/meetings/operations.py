"""A meeting is planned, called, opened and closed, and its agenda made."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, time

from sqlalchemy import func, select

from govern import audit, hooks, outbox, plausible
from govern.cases.models import Attachment, Proposal
from govern.cases.operations import attach, find_or_open, keep_secret
from govern.db import db, lock_anew, pause, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum, Seat
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings import rules
from govern.meetings.adjusting_deadline import reminder_days
from govern.meetings.inviting.operations import (
    invitations,
    send_invitations,
    tell_called_off,
    tell_moved,
)
from govern.meetings.models import AgendaItem, AgendaPaper, Meeting, MeetingFacts, Presence, Summons
from govern.meetings.rules import Refusal
from govern.meetings.states import MeetingState
from govern.meetings.summons import enclosing
from govern.meetings.summons.queries import facts
from govern.people.models import Person
from govern.swedish import SWEDEN, local_day
from govern.topics import Topic

REMIND_AT = time(7)
# Those who decide come first on paper, then the substitutes, then the others.
PAPER_ORDER = (
    SeatRole.CHAIR,
    SeatRole.VICE_CHAIR,
    SeatRole.MEMBER,
    SeatRole.SUBSTITUTE,
    SeatRole.CONVENER,
    SeatRole.PROJECT_LEAD,
    SeatRole.CO_OPTED,
    SeatRole.SECRETARY,
)


def plan_meeting(forum: Forum, facts: MeetingFacts, *, by: Person, at: datetime) -> Meeting:
    """Plan a meeting; the forum's standing items come by themselves, and so does what earlier meetings left.

    Raises:
        Refused: when the forum is closed, the day cannot be, or the meeting would end before it starts.
    """
    enforce(Refusal.FORUM_CLOSED if forum.closed_on else None)
    meeting = Meeting(forum=forum, state=MeetingState.PLANNED)
    _write(meeting, facts, at)
    for position, item in enumerate(sorted(forum.standing_items, key=lambda i: (i.closing, i.position)), 1):
        meeting.agenda.append(AgendaItem(position=position, heading=item.heading, kind=item.kind))
    db.session.add(meeting)
    audit.write("meeting.planned", meeting, by=by, at=at)
    hooks.announce(hooks.Event.MEETING_PLANNED, meeting, by=by, at=at)
    save_changes()
    return meeting


def change_meeting(meeting: Meeting, facts: MeetingFacts, *, by: Person, at: datetime) -> None:
    """Change when, where and how a meeting is held; whoever was invited to it gets the invitation anew.

    Raises:
        Refused: when it is sealed, the day cannot be, or it would end before it starts.
    """
    enforce(rules.refuse_change(meeting))
    before = _kept_in_calendars(meeting)
    _write(meeting, facts, at)
    if meeting.state is MeetingState.CALLED and before != _kept_in_calendars(meeting):
        tell_moved(meeting, at=at)
    audit.write("meeting.changed", meeting, by=by, at=at)
    outbox.enqueue(Topic.INDEX_MEETING, meeting.id, at=at)
    save_changes()


def _kept_in_calendars(meeting: Meeting) -> tuple[object, ...]:
    return tuple(getattr(meeting, fact.name) for fact in fields(MeetingFacts) if fact.name not in {"kind", "mode"})


def call_off(meeting: Meeting, reason: str, *, by: Person, at: datetime) -> None:
    """Call a meeting off, with why; whoever was invited to it is told, in their calendar too.

    Raises:
        Refused: when it has begun or is called off already, or no reason is given.
    """
    enforce(rules.refuse_calling_off(meeting, reason), "reason")
    meeting.state, meeting.cancelled_at, meeting.cancel_reason = MeetingState.CANCELLED, at, reason.strip()
    tell_called_off(meeting, at=at)
    audit.write("meeting.called_off", meeting, by=by, at=at)
    outbox.enqueue(Topic.INDEX_MEETING, meeting.id, at=at)
    save_changes()


def _write(meeting: Meeting, facts: MeetingFacts, at: datetime) -> None:
    if facts.day != meeting.day:
        plausible.refuse_impossible("meeting.day", facts.day, local_day(at))
    enforce(rules.refuse_times(facts.starts, facts.ends, next_day=facts.ends_next_day), "ends")
    for fact in fields(facts):
        setattr(meeting, fact.name, getattr(facts, fact.name))


def save_item(
    meeting: Meeting,
    item: AgendaItem | None,
    *,
    heading: str,
    kind: ParagraphKind | None,
    reference: str = "",
    note: str = "",
    minutes: int | None = None,
    proposal: Proposal | None = None,
    text: str = "",
    clauses: str = "",
    by: Person,
    at: datetime,
) -> AgendaItem:
    """Add an item before the closing ones (when `item` is None) or change one.

    A proposal gives its heading and case where none is written. `minutes` are those planned; `text` and `clauses`, a
    line a clause, are what the paragraph opens with where there is no proposal.

    Raises:
        Refused: when the meeting is sealed, the heading blank, the time no time, or the proposal not ready for it.
    """
    enforce(rules.refuse_change(meeting))
    enforce(rules.refuse_proposal(meeting, proposal), "proposal_id")
    heading = heading.strip() or (proposal.heading if proposal and not proposal.confidential else "")
    if not heading:
        raise Refused(Refusal.NO_HEADING, "heading")
    enforce(Refusal.NO_MINUTES if minutes is not None and minutes < 1 else None, "minutes")
    action = "agenda.changed" if item else "agenda.added"
    if item is None:
        item = AgendaItem(added_at=at)
        insert_item(meeting, item)
    item.heading, item.kind, item.note = heading, kind, note.strip()
    if item.proposal is not None and item.proposal is not proposal:
        keep_secret(item.proposal, item.confidential)
    item.minutes, item.proposal, item.text = minutes, proposal, text.strip()
    item.clauses = "\n".join(filter(None, (line.strip() for line in clauses.splitlines())))
    collaboration = meeting.forum.collaboration
    item.case = find_or_open(collaboration, reference, item.heading, by=by, at=at) if reference.strip() else None
    if item.case is None and proposal is not None:
        item.case = proposal.case
    db.session.flush()
    audit.write(action, meeting, by=by, at=at, item=item.id)
    save_changes()
    return item


def insert_item(meeting: Meeting, item: AgendaItem) -> None:
    """Put a new item before those that always close the forum's meetings."""
    closing = {standing.heading for standing in meeting.forum.standing_items if standing.closing}
    order = list(meeting.agenda)
    place = len(order)
    while place and order[place - 1].heading in closing:
        place -= 1
    order.insert(place, item)
    for position, other in enumerate(order, 1):
        other.position = position
    meeting.agenda.insert(place, item)


def withhold_item(item: AgendaItem, reason: str | None, *, by: Person, at: datetime) -> None:
    """Keep what an item is about from those who do not sit in the forum, or open it; in the caller's transaction."""
    if item.confidential == reason:
        return
    since = item.withheld_at if item.confidential else at
    item.confidential, item.withheld_at = reason, since if reason else None
    audit.write("agenda.withheld" if reason else "agenda.disclosed", item, by=by, at=at)


def order_items(meeting: Meeting, ids: list[int], *, by: Person, at: datetime) -> None:
    """Put the agenda in the order of these ids.

    Raises:
        Refused: when the meeting is sealed, or the ids are not just its items.
    """
    enforce(rules.refuse_change(meeting))
    enforce(rules.refuse_order(meeting.agenda, ids))
    for item in meeting.agenda:
        item.position = ids.index(item.id) + 1
    audit.write("agenda.ordered", meeting, by=by, at=at, items=ids)
    save_changes()


def move_item(item: AgendaItem, steps: int, *, by: Person, at: datetime) -> None:
    """Move one item: minus is up.

    Raises:
        Refused: when the meeting is sealed.
    """
    ids = [other.id for other in item.meeting.agenda]
    index = ids.index(item.id)
    ids.insert(max(0, min(len(ids) - 1, index + steps)), ids.pop(index))
    order_items(item.meeting, ids, by=by, at=at)


def reinstate_item(item: AgendaItem, *, by: Person, at: datetime) -> None:
    """Take an item back that was struck from the agenda (see `paragraphs.operations.withdraw_item`).

    Raises:
        Refused: when the meeting is sealed.
    """
    enforce(rules.refuse_change(item.meeting))
    item.withdrawn_at = None
    audit.write("agenda.reinstated", item, by=by, at=at)
    save_changes()


def add_paper(
    item: AgendaItem, filename: str, data: bytes, title: str, *, confidential: str | None, by: Person, at: datetime
) -> Attachment:
    """Add a paper to an agenda item.

    Raises:
        Refused: when the meeting is sealed or the file is not accepted.
    """
    enforce(rules.refuse_change(item.meeting))
    attachment = attach(filename, data, title, confidential=confidential, by=by, at=at)
    enforce(rules.refuse_change(item.meeting))
    db.session.add(AgendaPaper(item_id=item.id, attachment_id=attachment.id))
    save_changes()
    db.session.expire(item, ["papers"])
    return attachment


def remove_paper(item: AgendaItem, paper: Attachment, *, by: Person, at: datetime) -> None:
    """Take a paper off an agenda item; the file itself is kept, and so is what has been sent.

    Raises:
        Refused: when the meeting is sealed.
    """
    enforce(rules.refuse_change(item.meeting))
    item.papers.remove(paper)
    keep_secret(paper, item.confidential)
    audit.write("agenda.paper_removed", item, by=by, at=at, attachment=paper.id)
    save_changes()


def call(meeting: Meeting, *, by: Person, at: datetime) -> Summons:
    """Call the meeting: the summons is printed, and kept as it went out with the papers of that moment.

    The papers are packed after the commit (`meetings/summons/packing.py`). Those who are called get it by mail, but
    what a confidential item is about is never mailed: they read it here.

    Raises:
        Refused: when the meeting has begun or its agenda is empty, or it was changed while the summons was printed.
    """
    enforce(rules.refuse_summons(meeting))
    pause()
    asked = facts(meeting, at)
    printed = enclosing.printed(meeting, at)
    letters = invitations(meeting, printed.mailed, at=at)
    lock_anew()
    enforce(rules.refuse_summons(meeting))
    if facts(meeting, at) != asked or enclosing.stands(meeting) != printed.of:
        raise Refused(Refusal.CHANGED)
    summons = Summons(meeting=meeting, sent_at=at, sent_by=by, pdf=printed.summons)
    meeting.state, meeting.called_at = MeetingState.CALLED, meeting.called_at or at
    db.session.add(summons)
    enclosing.enclose(summons, printed, at=at)
    send_invitations(meeting, letters, at=at)
    audit.write("meeting.called", meeting, by=by, at=at)
    save_changes()
    return summons


def open_meeting(meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Open the meeting: everyone who holds a seat that day is proposed as present.

    Raises:
        Refused: when it is open already.
    """
    enforce(rules.refuse_opening(meeting))
    held = meeting.forum.seated_on(meeting.day)
    held.sort(key=lambda one: (PAPER_ORDER.index(one[0].role), one[0].position))
    listed = {presence.person_id for presence in meeting.presences}
    for seat, person in held:
        if person.id not in listed:  # Someone with two seats stands once, with the one that comes first.
            listed.add(person.id)
            meeting.presences.append(_proposed(seat, person, len(meeting.presences) + 1))
    chair = next((person for seat, person in held if seat.role is SeatRole.CHAIR), None)
    secretary = next((person for seat, person in held if seat.role is SeatRole.SECRETARY), None)
    meeting.chair, meeting.secretary = meeting.chair or chair, meeting.secretary or secretary or by
    meeting.state, meeting.opened_at = MeetingState.OPEN, at
    audit.write("meeting.opened", meeting, by=by, at=at)
    save_changes()


def _proposed(seat: Seat, person: Person, position: int) -> Presence:
    return Presence(
        person=person,
        seat=seat,
        position=position,
        name=person.name,
        role=seat.role,
        party=seat.party.short_name if seat.party else "",
        political_party=seat.political_party,
        title=seat.title,
        present=True,
    )


def close_meeting(meeting: Meeting, ends: time | None, *, next_day: bool = False, by: Person, at: datetime) -> None:
    """Close the meeting at a time of day (now, when none is given), and ask for reminders of its adjusting.

    `next_day` says that the time is of the day after the meeting's.

    Raises:
        Refused: when it is not open, or would end before it began or at a time that has not been.
    """
    enforce(rules.refuse_closing(meeting))
    if ends is None:
        ends = at.astimezone(SWEDEN).time().replace(second=0, microsecond=0)
        next_day = local_day(at) > meeting.day
    enforce(rules.refuse_times(meeting.starts, ends, next_day=next_day), "ends")
    enforce(rules.refuse_end_ahead(meeting, ends, next_day=next_day, here=at.astimezone(SWEDEN)), "ends")
    meeting.state, meeting.closed_at = MeetingState.CLOSED, at
    meeting.ends, meeting.ends_next_day = ends, next_day
    for left, day in reminder_days(meeting):
        outbox.enqueue(Topic.REMIND, f"{meeting.id}:{left}", at=at, due=datetime.combine(day, REMIND_AT, SWEDEN))
    audit.write("meeting.closed", meeting, by=by, at=at)
    save_changes()


def reopen_meeting(meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Take back the closing, as when it was pressed too early.

    Raises:
        Refused: when it is not closed, or sealed.
    """
    enforce(rules.refuse_reopening(meeting))
    meeting.state, meeting.closed_at = MeetingState.OPEN, None
    audit.write("meeting.reopened", meeting, by=by, at=at)
    save_changes()


def next_position(meeting: Meeting) -> int:
    """Return the next free place in the presence list."""
    last = db.session.scalar(select(func.max(Presence.position)).where(Presence.meeting_id == meeting.id))
    return (last or 0) + 1
