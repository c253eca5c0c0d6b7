"""Finding paragraphs and loading their content, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from govern.cases.models import Attachment
from govern.cases.queries import removed_files
from govern.db import db
from govern.forums.models import Forum
from govern.forums.states import SeatRole
from govern.meetings.models import AgendaItem, Meeting, Presence
from govern.meetings.queries import UNSEALED, meeting_by_id
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.models import (
    Assignment,
    Ballot,
    Decision,
    Dissent,
    Motion,
    Paragraph,
    PresenceChange,
    Presiding,
    Review,
    Vote,
)
from govern.paragraphs.states import ParagraphState
from govern.paragraphs.superseding.models import Supersession
from govern.people.models import Person

MOST_WAITING = 200

CONTENT: tuple[ExecutableOption, ...] = (
    selectinload(Paragraph.sections),
    selectinload(Paragraph.motions).options(joinedload(Motion.mover), selectinload(Motion.supporters)),
    selectinload(Paragraph.ballots).selectinload(Ballot.votes).joinedload(Vote.presence),
    selectinload(Paragraph.decisions).selectinload(Decision.clauses),
    selectinload(Paragraph.dissents).joinedload(Dissent.presence),
    selectinload(Paragraph.assignments).selectinload(Assignment.every_alternative),
    selectinload(Paragraph.supersedes)
    .joinedload(Supersession.earlier)
    .joinedload(Paragraph.meeting)
    .joinedload(Meeting.forum),
)
WHOLE: tuple[ExecutableOption, ...] = (
    *CONTENT,
    joinedload(Paragraph.case),
    selectinload(Paragraph.changes).joinedload(PresenceChange.presence),
    selectinload(Paragraph.disqualifications),
    selectinload(Paragraph.presiding),
    selectinload(Paragraph.attachments),
    selectinload(Paragraph.reviews).joinedload(Review.by),
)
TO_WRITE = (  # Built once: it is executed at every autosave.
    select(Paragraph)
    .where(Paragraph.id == bindparam("wanted"))
    .options(joinedload(Paragraph.meeting).joinedload(Meeting.forum), joinedload(Paragraph.agenda_item))
)


MOVEMENTS: tuple[Any, ...] = (
    selectinload(Paragraph.changes),
    selectinload(Paragraph.disqualifications),
    selectinload(Paragraph.presiding),
)


def paragraph_by_id(paragraph_id: int) -> Paragraph | None:
    """Return a paragraph with all its content and its meeting, or None."""
    paragraph = db.session.scalar(select(Paragraph).where(Paragraph.id == paragraph_id).options(*WHOLE))
    if paragraph is not None:  # The session holds rows weakly: without this reference it is loaded again.
        set_committed_value(paragraph, "meeting", meeting_by_id(paragraph.meeting_id))
    return paragraph


def paragraph_to_write(paragraph_id: int) -> Paragraph | None:
    """Return a paragraph with its agenda item, meeting and forum, or None: all that most saves need.

    A save compares the draft with the latest version, and loads only the rows of the parts that have changed.
    """
    return db.session.scalar(TO_WRITE, {"wanted": paragraph_id})


def paragraphs_of(meeting: Meeting) -> Sequence[Paragraph]:
    """List a meeting's paragraphs by number, with all their content."""
    query = select(Paragraph).where(Paragraph.meeting_id == meeting.id).options(*WHOLE)
    return db.session.scalars(query.order_by(Paragraph.series_id, Paragraph.number)).all()


def rail(meeting: Meeting) -> Sequence[Paragraph]:
    """List a meeting's paragraphs by number, without their content."""
    query = select(Paragraph).where(Paragraph.meeting_id == meeting.id)
    return db.session.scalars(query.order_by(Paragraph.series_id, Paragraph.number)).all()


def with_movements(meeting: Meeting) -> Sequence[Paragraph]:
    """List a meeting's paragraphs by number, each with its presence changes, disqualifications and choice of chair."""
    query = select(Paragraph).where(Paragraph.meeting_id == meeting.id)
    query = query.options(*MOVEMENTS)
    return db.session.scalars(query.order_by(Paragraph.series_id, Paragraph.number)).all()


def removed_attachments(paragraph: Paragraph) -> Sequence[Attachment]:
    """List the files that were removed from a paragraph and can be put back."""
    return removed_files(paragraph, "paragraph.detached", paragraph.attachments)


def waiting_for(person: Person) -> Sequence[Paragraph]:
    """List at most `MOST_WAITING` paragraphs that wait for approval by this person, who presided, the oldest first.

    Who presided at a paragraph follows from movements: SQL leaves out only the meetings where they cannot have.
    """
    chosen = exists().where(Presiding.presence_id == Presence.id)
    able = (Meeting.chair_id == person.id) | (Presence.role == SeatRole.VICE_CHAIR) | chosen
    there = exists().where(Presence.meeting_id == Meeting.id, Presence.person_id == person.id, able)
    query = (
        select(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(UNSEALED, Paragraph.state == ParagraphState.READY, there)
        .options(
            joinedload(Paragraph.meeting).joinedload(Meeting.forum),
            joinedload(Paragraph.meeting).selectinload(Meeting.presences),
            selectinload(Paragraph.reviews),
            selectinload(Paragraph.of_meeting).options(*MOVEMENTS),
        )
        .order_by(Meeting.day, Paragraph.number)
    )
    waiting = db.session.scalars(query).all()
    theirs = (p for p in waiting if (presided := presides_at(p)) and presided.person_id == person.id)
    return list(islice(theirs, MOST_WAITING))


def count_by_state(meeting: Meeting) -> dict[ParagraphState, int]:
    """Count a meeting's paragraphs by state."""
    query = select(Paragraph.state, func.count()).where(Paragraph.meeting_id == meeting.id).group_by(Paragraph.state)
    return {row.state: row[1] for row in db.session.execute(query)}


def treated(item: AgendaItem) -> bool:
    """Return whether an agenda item has a paragraph."""
    return db.session.scalar(select(Paragraph.id).where(Paragraph.agenda_item_id == item.id)) is not None


def names_offered(forum: Forum, day: date) -> list[str]:
    """List the names offered as assignees: the collaboration's open forums, then those seated in this one that day."""
    forums = select(Forum.name).where(Forum.collaboration_id == forum.collaboration_id, Forum.closed_on.is_(None))
    names = list(db.session.scalars(forums.order_by(Forum.name)))
    names += sorted({person.name for _, person in forum.seated_on(day)})
    return names
