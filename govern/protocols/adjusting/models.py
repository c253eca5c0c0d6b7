"""Tables of adjusters' verdicts before the sealing, and of reminders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.meetings.models import Meeting
from govern.paragraphs.models import Paragraph
from govern.people.models import Person
from govern.protocols.states import Reading


class Adjustment(Model):
    """An adjuster's verdict on a paragraph at `version`; the latest one counts, for that version.

    `answered_at` is when the secretary marked a comment as answered.
    """

    __tablename__ = "adjustments"
    __table_args__ = (CheckConstraint("verdict <> 'comment' OR text <> ''", name="text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    version: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    verdict: Mapped[Reading]
    text: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]

    paragraph: Mapped[Paragraph] = relationship()
    by: Mapped[Person] = relationship()


class Reminder(Model):
    """A reminder to somebody with `days_left` days left to adjust; `mailed_at` is when it was also sent by mail."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", "days_left"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    days_left: Mapped[int]
    at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
