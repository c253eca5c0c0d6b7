"""Tables for writing a paragraph: its versions, who has it open, and the phrases."""

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
    """A paragraph's whole content after a save, as written by `draft.to_json`.

    One person's saves in quick succession share a row: the first was at `begun_at`, the last at `at`. `mark` is set
    when the version is marked ready, approved or sent back; the content of such a row never changes.
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
    """A signed-in browser with a paragraph open for editing; removed when it has not been seen for a while.

    `holds_since` is when it took the pen, None if it does not hold it: see `drafting.editors`.
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
    """A text module (fras) that a trigger word or a menu inserts; without a forum it is a default for all forums.

    `kinds` are the codes of the paragraphs it is meant for, empty for any. `html` may hold placeholders in braces, see
    `govern.paragraphs.phrases.rules`.
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
