"""Cases (ärenden), stored files and their text, attachments, and proposals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.cases.states import ProposalState, TextState
from govern.db import Model
from govern.forums.models import Forum
from govern.parties.models import Collaboration
from govern.people.models import Person


class Case(Model):
    """A matter, through all the meetings and forums that treat it (ärende).

    `reference` is the registry number (diarienummer) as typed, `normalised` the form that all its spellings share.
    """

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("collaboration_id", "normalised"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[int] = mapped_column(ForeignKey("collaborations.id"))
    reference: Mapped[str]
    normalised: Mapped[str] = mapped_column(index=True)
    heading: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    collaboration: Mapped[Collaboration] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(back_populates="case", order_by="Attachment.id")


class StoredFile(Model):
    """A stored file, named on disk by its content's SHA-256, so that equal files share one. `size` is in bytes."""

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]

    reading: Mapped[FileReading | None] = relationship(lazy="joined")

    @property
    def text_state(self) -> TextState:
        """The state of its text extraction."""
        return self.reading.state if self.reading else TextState.WAITING


class FileReading(Model):
    """The result of extracting a file's text for search."""

    __tablename__ = "file_readings"

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), primary_key=True)
    state: Mapped[TextState]
    at: Mapped[datetime]


class AttachmentText(Model):
    """The text of one page or part of a file. `part` counts from 1; parts without text have no row."""

    __tablename__ = "attachment_texts"
    __table_args__ = (CheckConstraint("part > 0", name="part"),)

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]


class Attachment(Model):
    """A file listed under a title (bilaga). `confidential` is the reason for secrecy, if any."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str]
    filename: Mapped[str]
    confidential: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined")
    case: Mapped[Case | None] = relationship(back_populates="attachments")
    added_by: Mapped[Person] = relationship()


class Proposal(Model):
    """An officer's paper addressed to a forum, with a proposed decision (tjänsteskrivelse).

    `clauses` are the proposed clauses, without their leading `att`; `recipients` those the decision is sent to.
    `matter`, `basis`, `assessment` and `consequences` are content trees (`govern.richtext`). `confidential` is the
    reason for secrecy, if any.
    """

    __tablename__ = "proposals"
    __table_args__ = (CheckConstraint("(state = 'ready') = (ready_at IS NOT NULL)", name="ready"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    heading: Mapped[str]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    confidential: Mapped[str | None]
    clauses: Mapped[list[str]]
    matter: Mapped[list[Any]]
    basis: Mapped[list[Any]]
    assessment: Mapped[list[Any]]
    consequences: Mapped[list[Any]]
    recipients: Mapped[list[str]]
    written_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]

    forum: Mapped[Forum] = relationship()
    case: Mapped[Case | None] = relationship()
    author: Mapped[Person] = relationship()
