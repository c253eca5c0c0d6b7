"""Who may read what in a collaboration: a `Reader`, and the `Audience` of a row.

Each model has one function that returns the audience of a row. Called with a row, the result is evaluated in Python
(`admits`) and written to the search index (`terms`); called with the model class, it is an SQL condition (`where`).
All three therefore follow the same rule.
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
"""The access term of administrators, who find everything."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person may read on a day. `everything` is for administrators; without an id it is the public.

    `collaborations` are those where they hold or have held a seat, `reads` all forums of these; `sits` are the forums
    where they hold a seat that day, `keeps` those where they are secretary. The public reads nothing here.
    """

    person_id: int | None = None
    everything: bool = False
    collaborations: frozenset[int] = frozenset()
    reads: frozenset[int] = frozenset()
    sits: frozenset[int] = frozenset()
    keeps: frozenset[int] = frozenset()

    @property
    def terms(self) -> set[str]:
        """The access terms that a document in the search index must have one of to be found."""
        if self.everything:
            return {EVERYTHING}
        return {f"collaboration:{id_}" for id_ in self.collaborations} | {f"forum:{id_}" for id_ in self.sits}

    def sits_in(self, forum: Any) -> ColumnElement[bool]:
        """Return an SQL condition: they sit in the forum that day, or read everything."""
        return true() if self.everything else _among(forum, self.sits)


def reader(person: Person | None, day: date | None = None) -> Reader:
    """Return what a person may read on `day`, by default today, in at most one statement."""
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
    """Who may read a row; each field is a value of the row, or in SQL an expression of its class.

    The secretary of `forum` and each of `people` (ids) always may; those who sit in the forum if the row is `seated`;
    everyone in the collaboration if it is `open`.
    """

    forum: Any
    open: Any
    seated: Any = True
    people: tuple[Any, ...] = ()

    def admits(self, reader: Reader) -> bool:
        """Return whether the reader may read the row."""
        return bool(
            reader.everything
            or (self.open and self.forum in reader.reads)
            or (self.seated and self.forum in reader.sits)
            or self.forum in reader.keeps
            or (reader.person_id is not None and reader.person_id in self.people)
        )

    def where(self, reader: Reader) -> ColumnElement[bool]:
        """Return the same condition in SQL, if the audience is of a class."""
        if reader.everything:
            return true()
        return or_(
            and_(self.open, _among(self.forum, reader.reads)),
            and_(self.seated, _among(self.forum, reader.sits)),
            _among(self.forum, reader.keeps),
            *(person == reader.person_id for person in self.people if reader.person_id is not None),
        )

    def terms(self, collaboration_id: int) -> frozenset[str]:
        """Return the access terms of the row in the search index, without `people`: a reader needs one of them."""
        terms = [EVERYTHING] + [f"forum:{self.forum}"] * bool(self.seated)
        return frozenset(terms + [f"collaboration:{collaboration_id}"] * bool(self.open))


def _among(forum: Any, ids: Collection[int]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = forum.in_(ids) if ids else false()
    return condition
