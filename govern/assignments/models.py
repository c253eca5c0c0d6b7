"""Reports on assignments, their closing, and what was carried to later agendas."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.assignments.states import Closing
from govern.db import Model
from govern.forums.models import Forum
from govern.meetings.models import AgendaItem, Meeting
from govern.paragraphs.models import Assignment, Paragraph
from govern.people.models import Person


class Report(Model):
    """A report on an assignment (återrapport)."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str]

    assignment: Mapped[Assignment] = relationship()
    by: Mapped[Person] = relationship()


class AssignmentClosing(Model):
    """The closing of an assignment, with its reason, and when the assignment was reopened, if it was.

    One that was reopened stays: it is history, and the reports on past quarters tell of it.
    """

    __tablename__ = "assignment_closings"
    __table_args__ = (
        CheckConstraint("(reopened_at IS NULL) = (reopened_by_id IS NULL)", name="reopened"),
        Index(
            "uq_assignment_closings_live",
            "assignment_id",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), index=True)
    why: Mapped[Closing]
    note: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    assignment: Mapped[Assignment] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    reopened_by: Mapped[Person | None] = relationship(foreign_keys=[reopened_by_id])


class Carried(Model):
    """The origin of a carried agenda item: an assignment due, a tabled or returned paragraph, or a meeting's protocol.

    `meeting_id` is the item's own meeting, to which the same thing is carried at most once.
    """

    __tablename__ = "carried"
    __table_args__ = (
        UniqueConstraint("meeting_id", "assignment_id"),
        UniqueConstraint("meeting_id", "paragraph_id"),
        UniqueConstraint("meeting_id", "previous_id"),
        CheckConstraint(
            "(CASE WHEN assignment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN paragraph_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN previous_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one",
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"), index=True)
    paragraph_id: Mapped[int | None] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)

    item: Mapped[AgendaItem] = relationship()
    assignment: Mapped[Assignment | None] = relationship()
    paragraph: Mapped[Paragraph | None] = relationship()
    previous: Mapped[Meeting | None] = relationship(foreign_keys=[previous_id])

    @property
    def forum(self) -> Forum:
        """The forum on whose agenda the item is."""
        return self.item.forum


@dataclass(slots=True)
class Duty:
    """An assignment with its reports, its closing if it is closed, and the earlier closings that were reopened.

    `named` is the other open forum of the collaboration that the assignment is to be reported to by name, if any.
    """

    assignment: Assignment
    reports: list[Report] = field(default_factory=list)
    closing: AssignmentClosing | None = None
    reopened: list[AssignmentClosing] = field(default_factory=list)
    named: Forum | None = None

    @property
    def forum(self) -> Forum:
        """The forum that gave the assignment."""
        return self.assignment.forum

    @property
    def hearer(self) -> Forum:
        """The forum that hears the result: the one named, unless the assignment is secret to it, else the giver."""
        return self.named if self.named and self.assignment.paragraph.is_open else self.forum
