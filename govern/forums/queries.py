"""Finding forums and seats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from govern.db import db
from govern.forums.access import forums_held
from govern.forums.models import Forum, Seat, Series, StandingItem
from govern.forums.rules import scope_of
from govern.forums.states import Level, SeatRole
from govern.parties.models import Collaboration
from govern.people.access import is_administrator
from govern.people.models import Person

LEVELS = list(Level)


def forum_by_slug(slug: str) -> Forum | None:
    """Return a forum with its seats and their holders, or None."""
    query = (
        select(Forum)
        .where(Forum.slug == slug)
        .options(
            joinedload(Forum.collaboration),
            joinedload(Forum.parent),
            selectinload(Forum.seats).options(joinedload(Seat.person), joinedload(Seat.party)),
        )
    )
    return db.session.scalar(query)


def forums_of(collaboration: Collaboration) -> list[Forum]:
    """List every forum of a collaboration, including closed ones, by level and name."""
    query = select(Forum).where(Forum.collaboration_id == collaboration.id).options(joinedload(Forum.parent))
    return sorted(db.session.scalars(query), key=lambda forum: (LEVELS.index(forum.level), forum.name))


def forums_kept_by(person: Person, collaboration_id: int, today: date) -> Sequence[Forum]:
    """List a collaboration's open forums whose meetings the person manages today, by name."""
    query = select(Forum).where(Forum.collaboration_id == collaboration_id, Forum.closed_on.is_(None))
    if not is_administrator(person):
        query = query.where(Forum.id.in_(forums_held(person, today, SeatRole.SECRETARY)))
    return db.session.scalars(query.order_by(Forum.name)).all()


def series_in_force(forum: Forum, day: date) -> Series | None:
    """Return the series that a meeting on that day draws from, if it exists; None if every meeting has its own."""
    scope = scope_of(forum.numbering, day, 0)
    return db.session.scalar(select(Series).where(Series.forum_id == forum.id, Series.scope == scope))


def series_of(forum: Forum, limit: int = 20) -> Sequence[Series]:
    """List a forum's series, the latest first."""
    return db.session.scalars(
        select(Series).where(Series.forum_id == forum.id).order_by(Series.id.desc()).limit(limit)
    ).all()


def people_near(forum: Forum, limit: int = 400) -> list[str]:
    """List the names of those who sit or sat in the collaboration, as suggestions; namesakes with e-mail address."""
    sat = select(Seat.person_id).join(Forum).where(Forum.collaboration_id == forum.collaboration_id)
    query = select(Person.name, Person.email).where(Person.id.in_(sat)).order_by(Person.name).limit(limit)
    rows = db.session.execute(query).all()
    shared = {name for name, count in Counter(row.name for row in rows).items() if count > 1}
    return [f"{row.name} ({row.email})" if row.name in shared and row.email else row.name for row in rows]


def seat_by_id(slug: str, seat_id: int) -> Seat | None:
    """Return a seat of the forum, or None."""
    seat = db.session.get(Seat, seat_id)
    return seat if seat and seat.forum.slug == slug else None


def standing_item_by_id(slug: str, item_id: int) -> StandingItem | None:
    """Return a standing item of the forum, or None."""
    item = db.session.get(StandingItem, item_id)
    return item if item and item.forum.slug == slug else None


def readable_collaborations(person: Person) -> Sequence[Collaboration]:
    """List the collaborations whose forums the person may read, by name."""
    query = select(Collaboration).order_by(Collaboration.name)
    if not is_administrator(person):
        mine = select(Forum.collaboration_id).join(Seat).where(Seat.person_id == person.id)
        query = query.where(Collaboration.id.in_(mine))
    return db.session.scalars(query).all()


def readable_forums(person: Person) -> Sequence[Forum]:
    """List the open forums the person may read, with their collaboration, by name."""
    query = (
        select(Forum)
        .where(Forum.closed_on.is_(None))
        .where(Forum.collaboration_id.in_([c.id for c in readable_collaborations(person)]))
        .options(joinedload(Forum.collaboration))
        .order_by(Forum.name)
    )
    return db.session.scalars(query).all()
