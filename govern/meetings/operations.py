"""Planning, calling, opening and closing meetings, and editing their agendas."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, time

from sqlalchemy import func, select

from govern import audit, hooks, outbox, plausible
from govern.cases.models import Attachment, Proposal
from govern.cases.operations import attach, find_or_open, inherit_secrecy
from govern.db import db, lock_anew, pause, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum, Seat
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings import rules
from govern.meetings.adjusting_deadline import reminder_days
from govern.meetings.inviting.operations import (
    invitations,
    queue_cancellation_letters,
    queue_moved_letters,
    send_invitations,
)
from govern.meetings.models import AgendaItem, AgendaPaper, Meeting, MeetingFacts, Presence, Summons
from govern.meetings.rules import Refusal
from govern.meetings.states import MeetingState
from govern.meetings.summons import enclosing
from govern.meetings.summons.queries import facts
from govern.people.models import Person
from govern.swedish import SWEDEN, bare_clause, local_day
from govern.topics import Topic

REMIND_AT = time(7)
# The order of a printed presence list: those who decide, then the substitutes, then the others.
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
    """Plan a meeting; its agenda starts with the forum's standing items and what earlier meetings left.

    Raises:
        Refused: if the forum is closed, the day is impossible, or the meeting would end before it starts.
    """
    enforce(Refusal.FORUM_CLOSED if forum.closed_on else None)
    meeting = Meeting(forum=forum, state=MeetingState.PLANNED)
    _write(meeting, facts, at)
    insert_standing_items(meeting)
    db.session.add(meeting)
    audit.write("meeting.planned", meeting, by=by, at=at)
    hooks.announce(hooks.Event.MEETING_PLANNED, meeting, by=by, at=at)
    save_changes()
    return meeting


def insert_standing_items(meeting: Meeting) -> None:
    """Put the forum's standing items first and last on the agenda, in the caller's transaction."""
    standing = sorted(meeting.forum.standing_items, key=lambda item: item.position)
    first, last = ([i for i in standing if i.closing is closing] for closing in (False, True))
    order = [
        *(AgendaItem(heading=item.heading, kind=item.kind) for item in first),
        *meeting.agenda,
        *(AgendaItem(heading=item.heading, kind=item.kind) for item in last),
    ]
    for position, item in enumerate(order, 1):
        item.position = position
    meeting.agenda[:] = order


def change_meeting(meeting: Meeting, facts: MeetingFacts, *, by: Person, at: datetime) -> None:
    """Change when, where and how a meeting is held; if that affects calendars, those invited get a new invitation.

    Raises:
        Refused: if it is sealed or called off, the day is impossible, or it would end before it starts.
    """
    enforce(rules.refuse_change(meeting))
    before = _kept_in_calendars(meeting)
    _write(meeting, facts, at)
    if meeting.state is MeetingState.CALLED and before != _kept_in_calendars(meeting):
        queue_moved_letters(meeting, at=at)
    audit.write("meeting.changed", meeting, by=by, at=at)
    outbox.enqueue(Topic.INDEX_MEETING, meeting.id, at=at)
    save_changes()


def _kept_in_calendars(meeting: Meeting) -> tuple[object, ...]:
    return tuple(getattr(meeting, fact.name) for fact in fields(MeetingFacts) if fact.name not in {"kind", "mode"})


def call_off(meeting: Meeting, reason: str, *, by: Person, at: datetime) -> None:
    """Call a meeting off, with a reason; those invited get a letter with a calendar cancellation.

    Raises:
        Refused: if it has begun or is called off already, or no reason is given.
    """
    enforce(rules.refuse_calling_off(meeting, reason), "reason")
    meeting.state, meeting.cancelled_at, meeting.cancel_reason = MeetingState.CANCELLED, at, reason.strip()
    queue_cancellation_letters(meeting, at=at)
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
    """Add an item before the closing ones (if `item` is None) or change one.

    Without a heading or reference the item takes its proposal's heading, unless that is confidential, and case.
    `minutes` is the planned time. Without a proposal the paragraph opens with `text` and `clauses`, one clause a line.

    Raises:
        Refused: if the meeting is sealed or called off, the heading is blank, `minutes` is less than 1, or the proposal
            is a draft or addressed to another forum.
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
        inherit_secrecy(item.proposal, item.confidential)
    item.minutes, item.proposal, item.text = minutes, proposal, text.strip()
    item.clauses = "\n".join(filter(None, map(bare_clause, clauses.splitlines())))
    collaboration = meeting.forum.collaboration
    item.case = find_or_open(collaboration, reference, item.heading, by=by, at=at) if reference.strip() else None
    if item.case is None and proposal is not None:
        item.case = proposal.case
    db.session.flush()
    audit.write(action, meeting, by=by, at=at, item=item.id)
    save_changes()
    return item


def insert_item(meeting: Meeting, item: AgendaItem) -> None:
    """Insert a new item before the forum's closing standing items."""
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
    """Make an item confidential, or open if `reason` is None, in the caller's transaction."""
    if item.confidential == reason:
        return
    since = item.withheld_at if item.confidential else at
    item.confidential, item.withheld_at = reason, since if reason else None
    audit.write("agenda.withheld" if reason else "agenda.disclosed", item, by=by, at=at)


def order_items(meeting: Meeting, ids: list[int], *, by: Person, at: datetime) -> None:
    """Reorder the agenda by these ids.

    Raises:
        Refused: if the meeting is sealed or called off, or the ids are not exactly those of its items.
    """
    enforce(rules.refuse_change(meeting))
    enforce(rules.refuse_order(meeting.agenda, ids))
    for item in meeting.agenda:
        item.position = ids.index(item.id) + 1
    audit.write("agenda.ordered", meeting, by=by, at=at, items=ids)
    save_changes()


def move_item(item: AgendaItem, steps: int, *, by: Person, at: datetime) -> None:
    """Move one item by `steps`; negative is up.

    Raises:
        Refused: if the meeting is sealed or called off.
    """
    ids = [other.id for other in item.meeting.agenda]
    index = ids.index(item.id)
    ids.insert(max(0, min(len(ids) - 1, index + steps)), ids.pop(index))
    order_items(item.meeting, ids, by=by, at=at)


def reinstate_item(item: AgendaItem, *, by: Person, at: datetime) -> None:
    """Reinstate an item that was withdrawn from the agenda (see `paragraphs.operations.withdraw_item`).

    Raises:
        Refused: if the meeting is sealed or called off.
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
        Refused: if the meeting is sealed or called off, or the file is not accepted.
    """
    enforce(rules.refuse_change(item.meeting))
    attachment = attach(filename, data, title, confidential=confidential, by=by, at=at)
    enforce(rules.refuse_change(item.meeting))
    db.session.add(AgendaPaper(item_id=item.id, attachment_id=attachment.id))
    save_changes()
    db.session.expire(item, ["papers"])
    return attachment


def remove_paper(item: AgendaItem, paper: Attachment, *, by: Person, at: datetime) -> None:
    """Remove a paper from an agenda item; the file itself and what has been sent remain.

    Raises:
        Refused: if the meeting is sealed or called off.
    """
    enforce(rules.refuse_change(item.meeting))
    item.papers.remove(paper)
    inherit_secrecy(paper, item.confidential)
    audit.write("agenda.paper_removed", item, by=by, at=at, attachment=paper.id)
    save_changes()


def restore_paper(item: AgendaItem, paper: Attachment, *, by: Person, at: datetime) -> None:
    """Put a paper that was removed from an agenda item back.

    Raises:
        Refused: if the meeting is sealed or called off.
    """
    enforce(rules.refuse_change(item.meeting))
    item.papers.append(paper)
    audit.write("agenda.paper_restored", item, by=by, at=at, attachment=paper.id)
    save_changes()


def call(meeting: Meeting, *, by: Person, at: datetime) -> Summons:
    """Call the meeting: print the summons, store it with the current papers, and mail it.

    The papers are packed after the commit (`meetings/summons/packing.py`). The mailed summons leaves out confidential
    items, which those who are called read in Govern.

    Raises:
        Refused: if the meeting has begun or is called off, its agenda is empty, or it was changed while the summons was
            printed.
    """
    enforce(rules.refuse_summons(meeting))
    pause()
    asked = facts(meeting, at, sending=True)
    printed = enclosing.printed(meeting, at)
    letters = invitations(meeting, printed.mailed, at=at)
    lock_anew()
    enforce(rules.refuse_summons(meeting))
    if facts(meeting, at, sending=True) != asked or enclosing.agenda_state(meeting) != printed.state:
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
    """Open the meeting, with everyone who holds a seat that day proposed as present.

    Raises:
        Refused: if it has been opened already or is called off.
    """
    enforce(rules.refuse_opening(meeting))
    held = meeting.forum.seated_on(meeting.day)
    held.sort(key=lambda one: (PAPER_ORDER.index(one[0].role), one[0].position))
    listed = {presence.person_id for presence in meeting.presences}
    for seat, person in held:
        if person.id not in listed:  # Someone with two seats is listed once, with the seat that comes first.
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
    """Close the meeting at `ends` (now, if None), and queue reminders of its adjusting.

    `next_day` means that `ends` is a time on the day after the meeting's.

    Raises:
        Refused: if it is not open, or would end before it began or in the future.
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
    """Reopen a closed meeting, for instance if it was closed too early.

    Raises:
        Refused: if it is not closed, or is sealed.
    """
    enforce(rules.refuse_reopening(meeting))
    meeting.state, meeting.closed_at = MeetingState.OPEN, None
    audit.write("meeting.reopened", meeting, by=by, at=at)
    save_changes()


def next_position(meeting: Meeting) -> int:
    """Return the next free position in the presence list."""
    last = db.session.scalar(select(func.max(Presence.position)).where(Presence.meeting_id == meeting.id))
    return (last or 0) + 1
