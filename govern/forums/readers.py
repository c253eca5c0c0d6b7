"""Who may read what lies in a collaboration: a reader, and the audience of a kind of rows.

Each kind of rows has one function that gives the audience of a row. Called with the row it is judged in Python
(`admits`) and written into the search index (`terms`); called with the row's class it is a condition in SQL (`where`).
The three therefore cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from govern.db import db, now
from govern.forums.models import Forum, Seat
from govern.forums.states import SeatRole
from govern.people.access import is_administrator
from govern.people.models import Person
from govern.swedish import local_day

EVERYTHING = "all"
"""The access term of those who may find whatever there is."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on a day. `everything` is an administrator's; with no id it is the public, who reads nothing here.

    `collaborations` are those where they hold or have held a seat, `reads` all forums of these; `sits` are the forums
    where they hold a seat that day, `keeps` those where they keep the minutes.
    """

    person_id: int | None = None
    everything: bool = False
    collaborations: frozenset[int] = frozenset()
    reads: frozenset[int] = frozenset()
    sits: frozenset[int] = frozenset()
    keeps: frozenset[int] = frozenset()

    @property
    def terms(self) -> set[str]:
        """The access terms by which they find what the search index holds."""
        if self.everything:
            return {EVERYTHING}
        return {f"collaboration:{id_}" for id_ in self.collaborations} | {f"forum:{id_}" for id_ in self.sits}

    def sits_in(self, forum: Any) -> ColumnElement[bool]:
        """Say in SQL whether they sit in a forum today, or read everything."""
        return true() if self.everything else _among(forum, self.sits)


def reader(person: Person | None, day: date | None = None) -> Reader:
    """Return what somebody may read on a day, today if none is given, in one statement."""
    if person is None:
        return Reader()
    if is_administrator(person):
        return Reader(person.id, everything=True)
    here = select(Forum.collaboration_id).join(Seat).where(Seat.person_id == person.id)
    held = (Seat.forum_id == Forum.id) & (Seat.person_id == person.id) & Seat.held_on(day or local_day(now()))
    query = select(Forum.id, Forum.collaboration_id, Seat.role).outerjoin(Seat, held)
    rows = db.session.execute(query.where(Forum.collaboration_id.in_(here))).all()
    return Reader(
        person.id,
        collaborations=frozenset(row.collaboration_id for row in rows),
        reads=frozenset(row.id for row in rows),
        sits=frozenset(row.id for row in rows if row.role is not None),
        keeps=frozenset(row.id for row in rows if row.role is SeatRole.SECRETARY),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who reads a row; each field is the row's value, or in SQL its class's expression.

    Whoever keeps the minutes of `forum` does. So do those who sit there, if it is `seated`; everyone in the
    collaboration, if it is `open`; and each of `people`, whatever it is.
    """

    forum: Any
    open: Any
    seated: Any = True
    people: tuple[Any, ...] = ()

    def admits(self, reader: Reader) -> bool:
        """Return whether somebody may read the row."""
        return bool(
            reader.everything
            or (self.open and self.forum in reader.reads)
            or (self.seated and self.forum in reader.sits)
            or self.forum in reader.keeps
            or (reader.person_id is not None and reader.person_id in self.people)
        )

    def where(self, reader: Reader) -> ColumnElement[bool]:
        """Return the same in SQL, where the rows' class was given."""
        if reader.everything:
            return true()
        return or_(
            and_(self.open, _among(self.forum, reader.reads)),
            and_(self.seated, _among(self.forum, reader.sits)),
            _among(self.forum, reader.keeps),
            *(person == reader.person_id for person in self.people if reader.person_id is not None),
        )

    def terms(self, collaboration_id: int) -> frozenset[str]:
        """List the access terms of which a reader needs one to find the row, people aside."""
        terms = [EVERYTHING] + [f"forum:{self.forum}"] * bool(self.seated)
        return frozenset(terms + [f"collaboration:{collaboration_id}"] * bool(self.open))


def _among(forum: Any, ids: Collection[int]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = forum.in_(ids) if ids else false()
    return condition
