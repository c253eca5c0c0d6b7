"""Carrying business to a later agenda: the previous protocol, tabled and returned matters, and assignments due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from govern import audit
from govern.assignments.models import Carried
from govern.assignments.queries import CLOSED
from govern.db import db, save_changes
from govern.errors import enforce
from govern.forums.models import Forum
from govern.forums.states import ParagraphKind
from govern.meetings import rules
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.operations import insert_item, withhold_item
from govern.meetings.removing.operations import take_item_away
from govern.meetings.states import AHEAD, HELD
from govern.paragraphs.models import Assignment, Decision, Paragraph
from govern.paragraphs.states import COMES_BACK, Outcome
from govern.people.models import Person
from govern.swedish import long_date, paragraph_range

PREVIOUS = "Föregående mötes protokoll"
ALREADY_STANDING = ("föregående mötes protokoll", "föregående protokoll", "föregående mötesprotokoll")
LONGEST = 160


def carry(meeting: Meeting, *, by: Person, at: datetime) -> int:
    """Add what earlier meetings left to the agenda; return how many items were added or filled in.

    Raises:
        Refused: if the meeting has begun or is called off.
    """
    enforce(rules.refuse_opening(meeting))
    count = carry_into(meeting, by, at)
    save_changes()
    return count


def carry_into(meeting: Meeting, by: Person, at: datetime) -> int:
    """Add what earlier meetings left to the agenda, in the caller's transaction; return how many items."""
    db.session.flush()
    before: int = len(meeting.agenda)
    filled = _carry_protocol(meeting, at)
    for paragraph in tabled_or_returned(meeting):
        _carry_paragraph(meeting, paragraph, at)
    for assignment in due_at(meeting):
        _carry_assignment(meeting, assignment, at)
    came = len(meeting.agenda) - before + filled
    if came:
        audit.write("agenda.carried", meeting, by=by, at=at, count=came)
    return came


def take_out_of(meeting: Meeting, _by: Person, _at: datetime) -> None:
    """Take what was carried to a meeting off its agenda, in the caller's transaction; it is carried to another."""
    for carried in db.session.scalars(select(Carried).where(Carried.meeting_id == meeting.id)).all():
        item = carried.item
        db.session.delete(carried)
        db.session.flush()
        take_item_away(item)
    db.session.flush()


def _add(meeting: Meeting, item: AgendaItem, carried: Carried, at: datetime) -> None:
    item.heading = item.heading[:LONGEST]
    item.added_at = at
    insert_item(meeting, item)
    carried.item, carried.meeting_id = item, meeting.id
    db.session.add(carried)
    db.session.flush()


# --- The previous protocol -----------------------------------------------------------------------------------


def previous(meeting: Meeting) -> Meeting | None:
    """Return the forum's latest held meeting before this one, unless its protocol has been carried already."""
    query = (
        select(Meeting)
        .where(Meeting.forum_id == meeting.forum_id, Meeting.id != meeting.id, Meeting.state.in_(HELD))
        .where((Meeting.day < meeting.day) | ((Meeting.day == meeting.day) & (Meeting.starts < meeting.starts)))
        .order_by(Meeting.day.desc(), Meeting.starts.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    if found is None or _is_listed(Carried.previous_id == found.id, meeting):
        return None
    return found


def _carry_protocol(meeting: Meeting, at: datetime) -> int:
    """Carry the previous meeting's protocol as an item; return 1 if a standing item for it was filled in instead."""
    last = previous(meeting)
    if last is None:
        return 0
    numbers = sorted(db.session.scalars(select(Paragraph.number).where(Paragraph.meeting_id == last.id)))
    if not numbers:
        return 0
    which = paragraph_range(numbers[0], numbers[-1])
    values = {
        "heading": f"{PREVIOUS}, {which} den {long_date(last.day)}",
        "text": f"Protokollet från mötet den {long_date(last.day)}, {which}, gås igenom.",
        "clauses": f"lägga protokollet från den {long_date(last.day)}, {which}, till handlingarna",
        "origin": f"Protokollet den {long_date(last.day)}",
    }
    standing = next((i for i in meeting.agenda if i.heading.strip().lower() in ALREADY_STANDING), None)
    if standing is None:
        _add(meeting, AgendaItem(kind=None, **values), Carried(previous=last), at)
        return 0
    for name, value in values.items():
        setattr(standing, name, value)
    db.session.add(Carried(item=standing, meeting_id=meeting.id, previous=last))
    db.session.flush()
    return 1


# --- Tabled and returned matters -----------------------------------------------------------------------------


def tabled_or_returned(meeting: Meeting) -> Sequence[Paragraph]:
    """List the forum's tabled or returned paragraphs that have not been carried already, the oldest first."""
    query = (
        select(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(Meeting.forum_id == meeting.forum_id, Meeting.state.in_(HELD), Meeting.day <= meeting.day)
        .where(exists().where(Decision.paragraph_id == Paragraph.id, Decision.outcome.in_(COMES_BACK)))
        .order_by(Meeting.day, Paragraph.number)
    )
    return [p for p in db.session.scalars(query) if not _is_listed(Carried.paragraph_id == p.id, meeting)]


def _carry_paragraph(meeting: Meeting, paragraph: Paragraph, at: datetime) -> None:
    tabled = any(decision.outcome is Outcome.TABLING for decision in paragraph.decisions)
    when = f"{paragraph.label} den {long_date(paragraph.meeting.day)}"
    item = AgendaItem(
        heading=paragraph.heading,
        kind=paragraph.kind,
        case=paragraph.case,
        origin=f"{'Bordlagt' if tabled else 'Återremitterat'} i {when}",
        papers=list(paragraph.attachments),
        proposal=paragraph.agenda_item.proposal if paragraph.agenda_item else None,
    )
    item.confidential, item.withheld_at = paragraph.confidential, at if paragraph.confidential else None
    _add(meeting, item, Carried(paragraph=paragraph), at)


def withhold_carried(paragraph: Paragraph, by: Person, at: datetime) -> None:
    """Apply a paragraph's current secrecy to the untreated agenda items carried from it, headings included."""
    given = select(Assignment.id).where(Assignment.paragraph_id == paragraph.id)
    treated = exists().where(Paragraph.agenda_item_id == AgendaItem.id)
    items = (
        select(AgendaItem)
        .join(Carried, Carried.item_id == AgendaItem.id)
        .where((Carried.paragraph_id == paragraph.id) | Carried.assignment_id.in_(given), ~treated)
    )
    reason = db.session.scalar(select(Paragraph.confidential).where(Paragraph.id == paragraph.id))
    for item in db.session.scalars(items).all():
        withhold_item(item, reason, by=by, at=at)
    duties = (
        select(AgendaItem, Assignment)
        .join(Carried, Carried.item_id == AgendaItem.id)
        .join(Assignment, Assignment.id == Carried.assignment_id)
        .where(Assignment.paragraph_id == paragraph.id, ~treated)
    )
    for item, assignment in db.session.execute(duties).all():
        disclosed, undisclosed = _words(assignment, disclosed=True), _words(assignment, disclosed=False)
        if not _tells(item.meeting, assignment, reason):
            item.heading, item.origin = undisclosed
        elif (item.heading, item.origin) == undisclosed:
            item.heading, item.origin = disclosed


# --- Assignments that are due --------------------------------------------------------------------------------


def due_at(meeting: Meeting) -> Sequence[Assignment]:
    """List the assignments to be reported to this forum by the meeting's day that are neither closed nor carried.

    These are those it gave, unless another open forum is to hear them, and those to be reported to it by name.
    """
    forum = meeting.forum
    others = Forum.collaboration_id == forum.collaboration_id, Forum.id != forum.id, Forum.closed_on.is_(None)
    names = select(Forum.name).where(*others)
    giver = aliased(Forum)
    query = (
        select(Assignment)
        .join(Paragraph, Paragraph.id == Assignment.paragraph_id)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .join(giver, giver.id == Meeting.forum_id)
        .where(Meeting.sealed_at.is_not(None), Assignment.due <= meeting.day, ~CLOSED)
        .where(
            or_(
                (Meeting.forum_id == forum.id) & Assignment.report_to.not_in(names),
                (giver.collaboration_id == forum.collaboration_id) & (Assignment.report_to == forum.name),
            )
        )
        .where(Meeting.id != meeting.id)
        .order_by(Assignment.due, Assignment.id)
    )
    return [a for a in db.session.scalars(query) if not _is_listed(Carried.assignment_id == a.id, meeting)]


def _carry_assignment(meeting: Meeting, assignment: Assignment, at: datetime) -> None:
    paragraph = assignment.paragraph
    heading, origin = _words(assignment, disclosed=_tells(meeting, assignment, paragraph.confidential))
    item = AgendaItem(
        heading=heading,
        kind=ParagraphKind.FOLLOW_UP,
        case=paragraph.case,
        confidential=paragraph.confidential,
        withheld_at=at if paragraph.confidential else None,
        origin=origin,
    )
    _add(meeting, item, Carried(assignment=assignment), at)


def _tells(meeting: Meeting, assignment: Assignment, reason: str | None) -> bool:
    """Return whether an agenda may show an assignment: a secret one only in the forum that gave it (OSL 8 kap. 2 §)."""
    return reason is None or assignment.paragraph.meeting.forum_id == meeting.forum_id


def _words(assignment: Assignment, *, disclosed: bool) -> tuple[str, str]:
    """Return an assignment's heading and origin on an agenda; unless `told`, they name only its paragraph."""
    paragraph = assignment.paragraph
    when = f"{paragraph.label} den {long_date(paragraph.meeting.day)}"
    due = f", redovisas senast {long_date(assignment.due)}" if assignment.due else ""
    if not disclosed:
        return f"Återrapport: {when}"[:LONGEST], f"Uppdrag i {when}{due}"
    return f"Återrapport: {_task(assignment)}"[:LONGEST], f"Uppdrag till {assignment.assignee} i {when}{due}"


def _task(assignment: Assignment) -> str:
    first = next((line.strip() for line in assignment.text.splitlines() if line.strip()), "")
    first = first.removeprefix("att ") or assignment.paragraph.heading
    return first.rstrip(".")


# --- No duplicates -------------------------------------------------------------------------------------------


def _is_listed(what: ColumnElement[bool], meeting: Meeting) -> bool:
    """Return whether something has been carried: to this agenda, even if withdrawn, to a future one, or treated.

    It is carried again if its item was withdrawn elsewhere, was not treated, or the meeting was called off. An
    assignment that was treated but not closed is also carried again.
    """
    treated = exists().where(Paragraph.agenda_item_id == AgendaItem.id)
    ahead = Meeting.state.in_(AHEAD)
    query = (
        select(Carried.item_id)
        .join(AgendaItem, AgendaItem.id == Carried.item_id)
        .join(Meeting, Meeting.id == Carried.meeting_id)
        .where(what)
        .where(
            (Carried.meeting_id == meeting.id)
            | (~AgendaItem.withdrawn & (ahead | (treated & Carried.assignment_id.is_(None))))
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None
