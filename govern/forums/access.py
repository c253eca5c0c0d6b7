"""Who may read and who may manage what belongs to a forum."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import Date, Select, bindparam, exists, select

from govern.db import db, now
from govern.forums.models import Forum, Seat
from govern.forums.states import SeatRole
from govern.parties.models import Collaboration
from govern.people.access import Right, is_administrator
from govern.people.models import Person
from govern.swedish import local_day


def forum_of(row: Any) -> Forum:
    """Return the forum that a row belongs to: the row itself, or its `forum`."""
    forum: Forum = row if isinstance(row, Forum) else row.forum
    return forum


def holds(person: Person | None, forum: Forum, *roles: SeatRole) -> bool:
    """Return whether the person holds a seat in the forum today, in one of `roles` if any are given."""
    if person is None:
        return False
    asked = {"forum": forum.id, "person": person.id, "today": local_day(now())}
    held = db.session.connection().scalars(_HELD, asked).all()
    return any(not roles or role in roles for role in held)


_HELD = select(Seat.role).where(  # Executed on most pages: a Core statement that selects only the person's own seats.
    Seat.forum_id == bindparam("forum"),
    Seat.person_id == bindparam("person"),
    Seat.held_on(cast("date", bindparam("today", type_=Date))),
)


def forums_held(person: Person, day: date, *roles: SeatRole) -> Select[int]:
    """Select the ids of the forums where the person holds a seat that day, in one of `roles` if any are given."""
    query = select(Seat.forum_id).where(Seat.person_id == person.id, Seat.held_on(day))
    return query.where(Seat.role.in_(roles)) if roles else query


def reads(person: Person | None, row: Any) -> bool:
    """Everyone who holds or has held a seat in the collaboration reads the open content of its forums."""
    if person is None:
        return False
    return is_administrator(person) or belongs(person, forum_of(row).collaboration_id)


def belongs(person: Person, collaboration_id: int) -> bool:
    """Return whether the person holds, or has held, a seat in one of the collaboration's forums."""
    query = exists().where(
        Seat.person_id == person.id, Seat.forum_id == Forum.id, Forum.collaboration_id == collaboration_id
    )
    return bool(db.session.scalar(select(query)))


def keeps(person: Person | None, row: Any) -> bool:
    """The forum's secretary manages its meetings and writes its minutes; so may an administrator."""
    if person is None:
        return False
    return is_administrator(person) or holds(person, forum_of(row), SeatRole.SECRETARY)


def sits(person: Person | None, row: Any) -> bool:
    """Those who hold a seat in the forum today see its drafts and confidential content; so do administrators."""
    return keeps(person, row) or (person is not None and holds(person, forum_of(row)))


def may_style(person: Person | None, row: Any) -> bool:
    """The forum's secretary chooses the style of its documents; for a whole collaboration an administrator does."""
    if isinstance(row, Collaboration):
        return person is not None and is_administrator(person)
    return keeps(person, row)


READS = Right("reads", "Forumet tillhör en samverkan där du inte har något uppdrag.", reads)
SITS = Right("sits", "Sidan är till för dem som sitter i forumet.", sits)
KEEPS = Right("keeps", "Du behöver vara forumets sekreterare.", keeps)
STYLES = Right("may_style", "Du behöver vara administratör, eller forumets sekreterare.", may_style)
