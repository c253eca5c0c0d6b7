"""What watchers of a meeting see, and a revision number that changes with it."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from govern.db import db
from govern.forums.models import Forum
from govern.meetings.models import AgendaItem, Meeting
from govern.paragraphs.models import Decision, Disqualification, Paragraph, PresenceChange
from govern.paragraphs.states import Change, ParagraphState


def watched_meeting(meeting_id: int) -> Meeting | None:
    """Return a meeting with its forum and seats, but nothing more: every watcher polls it every other second."""
    query = select(Meeting).where(Meeting.id == meeting_id)
    query = query.options(joinedload(Meeting.forum).joinedload(Forum.collaboration))
    return db.session.scalar(query.options(joinedload(Meeting.forum).selectinload(Forum.seats)))


def _order(column: InstrumentedAttribute[ParagraphState] | InstrumentedAttribute[Change]) -> ColumnElement[int]:
    """Return an SQL expression for the position of a column's value in its enumeration, counted from 1."""
    members = ParagraphState if column.type.enum_class is ParagraphState else Change
    return case(*((column == member, place) for place, member in enumerate(members, 1)), else_=0)


def _sums(meeting_id: int) -> Select[tuple[int, ...]]:
    """Select nine checksums, in one row, of everything that is shown, so that a change changes at least one of them."""
    in_meeting = Paragraph.meeting_id == meeting_id
    ids = select(Paragraph.id).where(in_meeting)
    moves = PresenceChange.presence_id * _order(PresenceChange.change) + func.coalesce(PresenceChange.serving_for_id, 0)
    states = func.sum(Paragraph.id * _order(Paragraph.state))
    of_paragraphs = (func.count(Paragraph.id), func.sum(Paragraph.version), states)
    of_agenda = (
        func.sum(AgendaItem.id * (AgendaItem.position + 1)),
        func.count(AgendaItem.id).filter(AgendaItem.withdrawn),
        func.sum(case((AgendaItem.confidential.is_not(None), AgendaItem.id), else_=0)),
        func.sum(func.length(AgendaItem.heading)),
    )
    figures = [
        *(select(figure).where(in_meeting) for figure in of_paragraphs),
        *(select(figure).where(AgendaItem.meeting_id == meeting_id) for figure in of_agenda),
        select(func.sum(PresenceChange.paragraph_id * moves)).where(PresenceChange.paragraph_id.in_(ids)),
        select(func.sum(Disqualification.paragraph_id * Disqualification.presence_id)).where(
            Disqualification.paragraph_id.in_(ids)
        ),
    ]
    return select(*(figure.scalar_subquery() for figure in figures))


def revision(meeting: Meeting, *, at: datetime) -> int:
    """Return a number that changes when the meeting's live page does, and every minute; costs one cheap statement."""
    sums = db.session.execute(_sums(meeting.id)).one()
    shown = (meeting.state.value, int(at.timestamp()) // 60, *(value or 0 for value in sums))
    return zlib.crc32(repr(shown).encode())


def treated_now(meeting: Meeting) -> tuple[list[Paragraph], Paragraph | None]:
    """Return the meeting's paragraphs by number, and the one being treated: the one opened last."""
    query = select(Paragraph).where(Paragraph.meeting_id == meeting.id).options(joinedload(Paragraph.agenda_item))
    paragraphs = list(db.session.scalars(query.order_by(Paragraph.series_id, Paragraph.number)).all())
    current = max(paragraphs, key=lambda p: (p.opened_at, p.number), default=None)
    if current is not None:
        decided = selectinload(Paragraph.decisions).selectinload(Decision.clauses)
        db.session.scalar(
            select(Paragraph)
            .where(Paragraph.id == current.id)
            .options(decided)
            .execution_options(populate_existing=True)
        )
    return paragraphs, current
