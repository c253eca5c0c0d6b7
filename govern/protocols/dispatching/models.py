"""Tables of what has been sent to whom, with which extract and how, and of meeting binders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.letters import Letter
from govern.meetings.states import PackageState
from govern.people.models import Person
from govern.protocols.models import Protocol


class Dispatch(Model):
    """The sending of an extract to a recipient (expediering): as a letter, or by hand (post, the sender's own mailbox).

    `confirmed` is whether the sender confirmed that this recipient may read what is confidential in it.
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        CheckConstraint("letter_id IS NOT NULL OR by_hand_at IS NOT NULL", name="way"),
        CheckConstraint("recipient <> ''", name="recipient"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"), index=True)
    extract_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), unique=True)
    recipient: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    by_hand_at: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    protocol: Mapped[Protocol] = relationship(foreign_keys=[protocol_id])
    extract: Mapped[Protocol] = relationship(foreign_keys=[extract_id])
    letter: Mapped[Letter | None] = relationship()
    by: Mapped[Person] = relationship()

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum

    @property
    def has_secrets(self) -> bool:
        """Whether the extract holds anything confidential."""
        return self.extract.has_secrets


class MeetingBinder(Model):
    """A meeting with all its papers as one PDF and as a ZIP; `done` of `total` parts are finished.

    `has_secrets` is whether anything in it is withheld from those who do not sit in the forum.
    """

    __tablename__ = "meeting_binders"
    __table_args__ = (
        CheckConstraint("(state = 'ready') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)", name="ready"),
        CheckConstraint("done <= total", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"), index=True)
    has_secrets: Mapped[bool]
    state: Mapped[PackageState] = mapped_column(default=PackageState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    pdf_sha256: Mapped[str | None]
    zip_sha256: Mapped[str | None]
    pdf_size: Mapped[int] = mapped_column(default=0)
    zip_size: Mapped[int] = mapped_column(default=0)

    protocol: Mapped[Protocol] = relationship()
    asked_by: Mapped[Person] = relationship()

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum
