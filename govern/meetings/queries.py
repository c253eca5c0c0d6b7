"""Finding meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from govern import record
from govern.cases.models import Attachment
from govern.cases.queries import removed_files
from govern.db import db
from govern.forums.access import forums_held
from govern.forums.models import Forum, Seat
from govern.meetings.models import Adjuster, AgendaItem, Meeting, MeetingFacts, Presence
from govern.meetings.states import AHEAD, MeetingState
from govern.people.models import Person

LATELY = 12

UNSEALED = Meeting.sealed_at.is_(None)
"""Narrows a query to meetings that may still need action: few, and indexed, however many are sealed."""

ALIKE = sorted({fact.name for fact in fields(record.Meeting)} & {fact.name for fact in fields(MeetingFacts)})
"""The fields that `record.Meeting` and `MeetingFacts` have in common."""


def meeting_by_id(meeting_id: int) -> Meeting | None:
    """Return a meeting with its forum, agenda, presence list and adjusters, or None."""
    query = (
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .options(
            joinedload(Meeting.forum).joinedload(Forum.collaboration),
            joinedload(Meeting.forum).selectinload(Forum.seats).joinedload(Seat.person),
            joinedload(Meeting.chair),
            joinedload(Meeting.secretary),
            selectinload(Meeting.agenda).joinedload(AgendaItem.case),
            selectinload(Meeting.agenda).selectinload(AgendaItem.papers),
            selectinload(Meeting.agenda).selectinload(AgendaItem.proposal),
            selectinload(Meeting.presences).joinedload(Presence.person),
            selectinload(Meeting.adjusters).joinedload(Adjuster.presence),
        )
    )
    return db.session.scalar(query)


def item_by_id(item_id: int) -> AgendaItem | None:
    """Return an agenda item, or None."""
    return db.session.get(AgendaItem, item_id)


def removed_papers(item: AgendaItem) -> Sequence[Attachment]:
    """List the papers that were removed from an agenda item and can be put back."""
    return removed_files(item, "agenda.paper_removed", item.papers)


def in_record(meeting: Meeting) -> record.Meeting:
    """Return the meeting as in the record: when, where and how it is held."""
    return record.Meeting(
        date=meeting.day,
        start=meeting.starts,
        end=meeting.ends,
        end_date=meeting.last_day if meeting.ends_next_day else None,
        **{name: getattr(meeting, name) for name in ALIKE} | {"kind": meeting.kind.value, "mode": meeting.mode.value},
    )


def meetings_ahead(forum: Forum, today: date) -> Sequence[Meeting]:
    """List the forum's meetings that are planned, called or open, or called off with a day that has not passed."""
    query = select(Meeting).where(UNSEALED, Meeting.forum_id == forum.id, _ahead(today))
    return db.session.scalars(query.order_by(Meeting.day, Meeting.starts).limit(50)).all()


def meetings_behind(forum: Forum, today: date, limit: int = LATELY) -> Sequence[Meeting]:
    """List the forum's meetings that are closed, sealed, or called off with a day that has passed, the latest first."""
    query = select(Meeting).where(Meeting.forum_id == forum.id, ~_ahead(today))
    return db.session.scalars(query.order_by(Meeting.day.desc(), Meeting.starts.desc()).limit(limit)).all()


def _ahead(today: date) -> ColumnElement[bool]:
    called_off = (Meeting.state == MeetingState.CANCELLED) & (Meeting.day >= today)
    return Meeting.state.in_(AHEAD) | called_off


def meetings_for(person: Person, day: date, limit: int = LATELY) -> Sequence[Meeting]:
    """List the meetings, planned, called or open, of the forums where the person sits that day, the earliest first."""
    query = (
        select(Meeting)
        .where(UNSEALED, Meeting.forum_id.in_(forums_held(person, day)), Meeting.state.in_(AHEAD))
        .options(joinedload(Meeting.forum))
        .order_by(Meeting.day, Meeting.starts)
        .limit(limit)
    )
    return db.session.scalars(query).all()
