"""What lies around a paragraph while it is written: its earlier versions, who has it open, the phrases at hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState, PhraseTarget
from govern.people.models import Person


class ParagraphVersion(Model):
    """A paragraph's whole content as it stood after a save, as `draft.to_json` writes it.

    Saves that follow close upon each other by one person share a row: it began at `begun_at` and was last written at
    `at`. `mark` says what became of the version: marked ready, approved or sent back; such a row never changes.
    """

    __tablename__ = "paragraph_versions"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "version"),
        CheckConstraint("mark IS NULL OR mark <> 'draft'", name="mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    version: Mapped[int]
    draft: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    at: Mapped[datetime]
    mark: Mapped[ParagraphState | None]

    paragraph: Mapped[Paragraph] = relationship()
    by: Mapped[Person] = relationship()


class ParagraphEditor(Model):
    """Someone with a paragraph open to write in, in one signed-in browser; gone when it has not been seen for a while.

    `holds_since` is when they took the pen: the first who types does, and another may take it over.
    """

    __tablename__ = "paragraph_editors"

    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_sessions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    holds_since: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Phrase(Model):
    """A text module (fras) that a trigger word or a menu inserts; without a forum it is the whole installation's.

    `kinds` are the codes of the paragraphs it is meant for, none for any. `html` may hold placeholders in braces,
    see `govern.paragraphs.phrases.rules`.
    """

    __tablename__ = "phrases"
    __table_args__ = (
        UniqueConstraint("forum_id", "trigger"),
        Index(
            "uq_phrases_trigger",
            "trigger",
            unique=True,
            sqlite_where=text("forum_id IS NULL"),
            postgresql_where=text("forum_id IS NULL"),
        ),
        CheckConstraint("trigger <> ''", name="trigger"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forums.id"))
    position: Mapped[int]
    trigger: Mapped[str]
    name: Mapped[str]
    kinds: Mapped[list[str]]
    target: Mapped[PhraseTarget]
    html: Mapped[str]

    forum: Mapped[Forum | None] = relationship()
