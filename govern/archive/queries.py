"""Read what the reading pages show: a person's pending tasks, a forum, and a case across forums."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from govern.assignments.models import Duty
from govern.assignments.queries import duties_page
from govern.cases.access import proposal_hidden_sql
from govern.cases.models import Case, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.access import forums_held
from govern.forums.models import Forum
from govern.forums.queries import readable_collaborations
from govern.forums.readers import reader
from govern.forums.states import Level, SeatRole
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.queries import UNSEALED
from govern.meetings.states import AHEAD, MeetingState
from govern.notices.models import Notice
from govern.notices.queries import to_handle, to_post
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import waiting_for
from govern.paragraphs.states import ParagraphState
from govern.parties.models import Collaboration
from govern.people.access import is_administrator
from govern.people.models import Person
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.adjusting.queries import ToAdjust, to_adjust, unanswered_comments
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import waiting_signatures
from govern.swedish import paragraph_range
from govern.web.paging import Page

LEVELS = list(Level)
MOST = 50  # Of each kind on the home page; further ones appear when these are done.
DUTIES = 10
KEEPER = SeatRole.SECRETARY
UNFINISHED = (MeetingState.OPEN, MeetingState.CLOSED)


# --- Min sida ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The pending tasks of a person, by kind of task."""

    approve: Sequence[Paragraph]
    adjust: Sequence[ToAdjust]
    sign: Sequence[Signature]
    rewrite: Sequence[Paragraph]
    comments: Sequence[Adjustment]
    meetings: Sequence[Meeting]
    post: Sequence[Protocol]
    tend: Sequence[Notice]
    duties: Page[Duty]

    def __bool__(self) -> bool:
        write = self.rewrite or self.comments or self.meetings or self.post or self.tend
        return bool(self.approve or self.adjust or self.sign or write or self.duties.rows)


def waiting(person: Person, today: date) -> Waiting:
    """Return a person's pending tasks today."""
    return Waiting(
        approve=waiting_for(person)[:MOST],
        adjust=to_adjust(person, today),
        sign=waiting_signatures(person)[:MOST],
        rewrite=returned_to(person, today),
        comments=unanswered_comments(person, today),
        meetings=unfinished_meetings(person, today),
        post=to_post(person, today),
        tend=to_handle(person, today),
        duties=duties_page(person, mine=True, state=None, forum=None, today=today, number=1, size=DUTIES),
    )


def returned_to(person: Person, today: date) -> Sequence[Paragraph]:
    """Return the paragraphs that the chair has returned to the secretary, oldest first."""
    query = (
        select(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(UNSEALED, Paragraph.state == ParagraphState.RETURNED)
        .where(Meeting.forum_id.in_(forums_held(person, today, KEEPER)))
        .options(joinedload(Paragraph.meeting).joinedload(Meeting.forum))
        .order_by(Meeting.day, Paragraph.number)
        .limit(MOST)
    )
    return db.session.scalars(query).all()


def unfinished_meetings(person: Person, today: date) -> Sequence[Meeting]:
    """Return the secretary's meetings that are open, or closed but not sealed, oldest first."""
    query = (
        select(Meeting)
        .where(UNSEALED, Meeting.state.in_(UNFINISHED), Meeting.forum_id.in_(forums_held(person, today, KEEPER)))
        .options(joinedload(Meeting.forum))
        .order_by(Meeting.day, Meeting.starts)
        .limit(MOST)
    )
    return db.session.scalars(query).all()


# --- Forums ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """A forum in its collaboration's tree: `depth` levels below the top, with its next meeting."""

    forum: Forum
    depth: int
    next_meeting: Meeting | None


def forest(person: Person) -> list[tuple[Collaboration, list[Branch]]]:
    """Return the person's collaborations, each with its open forums as a tree sorted by level and name."""
    collaborations = readable_collaborations(person)
    query = select(Forum).where(Forum.collaboration_id.in_([c.id for c in collaborations]), Forum.closed_on.is_(None))
    forums = sorted(db.session.scalars(query), key=lambda forum: (LEVELS.index(forum.level), forum.name))
    coming = next_meetings([forum.id for forum in forums])
    return [(c, _tree([f for f in forums if f.collaboration_id == c.id], coming)) for c in collaborations]


def _tree(forums: list[Forum], coming: dict[int, Meeting]) -> list[Branch]:
    shown = {forum.id for forum in forums}
    beneath: dict[int | None, list[Forum]] = {}
    for forum in forums:  # A forum whose parent is closed is placed at the top.
        beneath.setdefault(forum.parent_id if forum.parent_id in shown else None, []).append(forum)

    def grow(parent_id: int | None, depth: int) -> list[Branch]:
        found: list[Branch] = []
        for forum in beneath.get(parent_id, []):
            found += [Branch(forum, depth, coming.get(forum.id)), *grow(forum.id, depth + 1)]
        return found

    return grow(None, 0)


def next_meetings(forum_ids: Sequence[int]) -> dict[int, Meeting]:
    """Return each forum's next meeting, or the one in progress."""
    turn = func.row_number().over(partition_by=Meeting.forum_id, order_by=(Meeting.day, Meeting.starts))
    ranked = select(Meeting.id, turn.label("turn")).where(
        UNSEALED, Meeting.forum_id.in_(forum_ids), Meeting.state.in_(AHEAD)
    )
    first = ranked.subquery()
    query = select(Meeting).join(first, and_(first.c.id == Meeting.id, first.c.turn == 1))
    return {meeting.forum_id: meeting for meeting in db.session.scalars(query)}


def number_ranges(meetings: Sequence[Meeting]) -> dict[int, str]:
    """Return the paragraph numbers of each meeting, as `§§ 808–814`; meetings without paragraphs are left out."""
    query = (
        select(Paragraph.meeting_id, func.min(Paragraph.number), func.max(Paragraph.number))
        .where(Paragraph.meeting_id.in_([meeting.id for meeting in meetings]))
        .group_by(Paragraph.meeting_id)
    )
    return {meeting_id: paragraph_range(first, last) for meeting_id, first, last in db.session.execute(query)}


# --- Cases -------------------------------------------------------------------------------------------------


def case_by_id(case_id: int) -> Case | None:
    """Return a case with its collaboration, or None."""
    return db.session.get(Case, case_id, options=[joinedload(Case.collaboration)])


def _withholds_name(person: Person | None, today: date) -> ColumnElement[bool]:
    """Return the SQL condition that a case's heading would reveal something secret, or unpublished, to the person.

    The heading may come from a confidential paragraph, an agenda item that will become one, or an officer's paper. With
    None, the condition is that of somebody who sits in no forum.
    """
    sits = reader(person, today).sits_in(Meeting.forum_id)
    paragraph = select(Paragraph.id).join(Meeting, Meeting.id == Paragraph.meeting_id)
    paragraph = paragraph.where(Paragraph.case_id == Case.id, Paragraph.confidential.is_not(None), ~sits)
    item = select(AgendaItem.id).join(Meeting, Meeting.id == AgendaItem.meeting_id)
    item = item.where(AgendaItem.case_id == Case.id, AgendaItem.confidential.is_not(None), ~sits)
    paper = select(Proposal.id).where(Proposal.case_id == Case.id, proposal_hidden_sql(person, today))
    return or_(paragraph.exists(), item.exists(), paper.exists(), ~_known(person, today))


def _known(person: Person | None, today: date) -> ColumnElement[bool]:
    """Return the SQL condition that the person may read something of the case.

    A case opened in a draft takes its heading from the draft.
    """
    sits = reader(person, today).sits_in(Meeting.forum_id)
    paragraph = select(Paragraph.id).join(Meeting, Meeting.id == Paragraph.meeting_id)
    paragraph = paragraph.where(Paragraph.case_id == Case.id, Meeting.sealed_at.is_not(None) | sits)
    item = select(AgendaItem.id).where(AgendaItem.case_id == Case.id)
    ready = Proposal.state == ProposalState.READY
    paper = select(Proposal.id).where(Proposal.case_id == Case.id)
    if person is None:
        paper = paper.where(ready)
    elif not is_administrator(person):
        paper = paper.where(
            ready | (Proposal.author_id == person.id) | Proposal.forum_id.in_(forums_held(person, today, KEEPER))
        )
    return or_(paragraph.exists(), item.exists(), paper.exists())


def names_withheld(case_ids: Collection[int], person: Person | None, today: date) -> set[int]:
    """Return those of the cases whose heading is withheld from the person; with None, from one who sits in no forum."""
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), _withholds_name(person, today))))


def coming_items(case: Case, limit: int = 20) -> Sequence[AgendaItem]:
    """Return the case's items on the agendas of coming meetings, the next first."""
    query = (
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.case_id == case.id, ~AgendaItem.withdrawn, Meeting.state.in_(AHEAD))
        .options(joinedload(AgendaItem.meeting).joinedload(Meeting.forum))
        .order_by(Meeting.day, AgendaItem.position)
        .limit(limit)
    )
    return db.session.scalars(query).all()
