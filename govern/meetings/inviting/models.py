"""Tables for the calendar invitations to meetings and the letters that carried them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.letters import Letter
from govern.meetings.models import Meeting
from govern.meetings.states import InvitationMethod
from govern.people.models import Person


class Invitation(Model):
    """A meeting's identity in calendars: a fixed `uid`, and a `sequence` incremented when it is moved or called off."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship()


class InvitationLetter(Model):
    """A letter to a called person: with the summons, or when the meeting is moved or called off."""

    __tablename__ = "invitation_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), unique=True)
    method: Mapped[InvitationMethod]
    sequence: Mapped[int]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
    letter: Mapped[Letter] = relationship(lazy="joined")

    @property
    def forum(self) -> Forum:
        """The forum that is called."""
        return self.meeting.forum
