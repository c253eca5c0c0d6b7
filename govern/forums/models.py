"""Forums, with their terms, seats, standing items and series of paragraph numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, false
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.states import ForumKind, Level, Numbering, ParagraphKind, Regime, SeatRole
from govern.parties.models import Collaboration, Party
from govern.people.models import Person


class Forum(Model):
    """A body that meets. `regime` is the rules that bind it, `numbering` when its paragraph numbers restart.

    Papers are due `paper_days` days before a meeting. With `any_order` its protocols are signed in any order, else
    in turn.
    """

    __tablename__ = "forums"
    __table_args__ = (
        UniqueConstraint("collaboration_id", "name"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),
        CheckConstraint("adjust_days > 0", name="adjust_days"),
        CheckConstraint("adjusters >= 0", name="adjusters"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[int] = mapped_column(ForeignKey("collaborations.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("forums.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    level: Mapped[Level]
    kind: Mapped[ForumKind]
    regime: Mapped[Regime]
    mandate: Mapped[str] = mapped_column(default="")
    numbering: Mapped[Numbering]
    adjust_days: Mapped[int] = mapped_column(default=14)
    adjusters: Mapped[int] = mapped_column(default=1)
    paper_days: Mapped[int] = mapped_column(default=7, server_default="7")
    any_order: Mapped[bool] = mapped_column(default=False, server_default=false())
    closed_on: Mapped[date | None]

    collaboration: Mapped[Collaboration] = relationship()
    parent: Mapped[Forum | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[Forum]] = relationship(back_populates="parent", order_by="Forum.name")
    seats: Mapped[list[Seat]] = relationship(back_populates="forum", order_by="Seat.position, Seat.id")
    terms: Mapped[list[Term]] = relationship(back_populates="forum", order_by="Term.starts_on")
    series: Mapped[list[Series]] = relationship(back_populates="forum", order_by="Series.scope")
    standing_items: Mapped[list[StandingItem]] = relationship(
        back_populates="forum", order_by="StandingItem.position, StandingItem.id"
    )

    @property
    def legal_body(self) -> str:
        """The name of the legal body that the forum is part of; the collaboration's if it has none of its own."""
        return self.body or self.collaboration.name

    def seats_from(self, day: date) -> list[Seat]:
        """List the seats that have not ended before that day, in their order, including future ones."""
        return [seat for seat in self.seats if seat.ends_on is None or seat.ends_on >= day]

    def seats_on(self, day: date) -> list[Seat]:
        """List the seats in force that day, including vacant ones, in their order."""
        return [seat for seat in self.seats if seat.held_on(day)]

    def seated_on(self, day: date) -> list[tuple[Seat, Person]]:
        """List the seats in force that day with their holders, in the order of the seats."""
        return [(seat, seat.person) for seat in self.seats_on(day) if seat.person is not None]


class Term(Model):
    """A term of office (mandatperiod)."""

    __tablename__ = "terms"
    __table_args__ = (
        UniqueConstraint("forum_id", "name"),
        CheckConstraint("ends_on >= starts_on", name="ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    forum: Mapped[Forum] = relationship(back_populates="terms")


class Seat(Model):
    """A seat in a forum: its holder, role, party, and first and last day (both included).

    A seat without a person is vacant. `position` is the order in print, and the order in which substitutes serve.
    """

    __tablename__ = "seats"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"), index=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    role: Mapped[SeatRole]
    political_party: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)

    forum: Mapped[Forum] = relationship(back_populates="seats")
    term: Mapped[Term | None] = relationship()
    person: Mapped[Person | None] = relationship()
    party: Mapped[Party | None] = relationship()

    @hybrid_method
    def held_on(self, day: date) -> bool:
        """Return whether the seat is in force that day, first and last day included. In SQL: `Seat.held_on(day)`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @held_on.inplace.expression  # type: ignore[attr-defined, untyped-decorator]
    @classmethod
    def _held_on(cls, day: date) -> ColumnElement[bool]:
        return (cls.starts_on <= day) & (cls.ends_on.is_(None) | (cls.ends_on >= day))


class Series(Model):
    """A forum's series of paragraph numbers. `scope` is "", a year, or "m" and a meeting's id: see `rules.scope_of`."""

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("forum_id", "scope"),
        CheckConstraint("next_number > 0", name="next_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    scope: Mapped[str]
    next_number: Mapped[int] = mapped_column(default=1)

    forum: Mapped[Forum] = relationship(back_populates="series")


class StandingItem(Model):
    """An item on every agenda of a forum: among the first, or among the last if `closing`."""

    __tablename__ = "standing_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"), index=True)
    position: Mapped[int]
    heading: Mapped[str]
    kind: Mapped[ParagraphKind | None]
    closing: Mapped[bool] = mapped_column(default=False)

    forum: Mapped[Forum] = relationship(back_populates="standing_items")
