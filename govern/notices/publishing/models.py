"""Tables of the public copies of protocols, and the spans of text that are masked in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.notices.publishing.states import MaskKind
from govern.people.models import Person
from govern.protocols.models import Protocol


class PublicCopy(Model):
    """A protocol's public copy: prepared, its masks confirmed, published, and perhaps unpublished.

    Constraints refuse a published copy that nobody has confirmed. `corrections` are the ids of the corrections that it
    includes. `record` is what is published, from which the masked words have been removed.
    """

    __tablename__ = "public_copies"
    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        CheckConstraint("published_at IS NULL OR confirmed_at IS NOT NULL", name="published"),
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published_by"),
        CheckConstraint(
            "(published_at IS NULL) = (pdf IS NULL) AND (published_at IS NULL) = (docx IS NULL) "
            "AND (published_at IS NULL) = (record IS NULL)",
            name="files",
        ),
        CheckConstraint(
            "unpublished_at IS NULL OR (published_at IS NOT NULL AND unpublished_by_id IS NOT NULL "
            "AND unpublish_reason <> '')",
            name="unpublished",
        ),
        Index(
            "uq_public_copies_live",
            "protocol_id",
            unique=True,
            sqlite_where=text("unpublished_at IS NULL"),
            postgresql_where=text("unpublished_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"), index=True)
    prepared_at: Mapped[datetime]
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    corrections: Mapped[list[Any]]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    unpublished_at: Mapped[datetime | None]
    unpublished_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    unpublish_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    record: Mapped[bytes | None] = mapped_column(deferred=True)
    pdf: Mapped[bytes | None] = mapped_column(deferred=True)
    docx: Mapped[bytes | None] = mapped_column(deferred=True)

    protocol: Mapped[Protocol] = relationship()
    prepared_by: Mapped[Person] = relationship(foreign_keys=[prepared_by_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])
    unpublished_by: Mapped[Person | None] = relationship(foreign_keys=[unpublished_by_id])
    spans: Mapped[list[MaskSpan]] = relationship(back_populates="copy", order_by="MaskSpan.id")

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum

    @property
    def is_public(self) -> bool:
        """Whether anyone can read it now."""
        return self.published_at is not None and self.unpublished_at is None


class MaskSpan(Model):
    """A span of one text of the protocol, from `start` up to `stop`, found by the program or marked by a person.

    `place` is the path of the text (`record.paragraphs.2.heading`), and `words` the text of the span. The copy masks it
    if `masked` is set.
    """

    __tablename__ = "mask_spans"
    __table_args__ = (
        UniqueConstraint("copy_id", "place", "start", "stop"),
        CheckConstraint("stop > start", name="stop"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("public_copies.id"), index=True)
    place: Mapped[str]
    start: Mapped[int]
    stop: Mapped[int]
    words: Mapped[str]
    kind: Mapped[MaskKind]
    proposed: Mapped[bool]
    masked: Mapped[bool]

    copy: Mapped[PublicCopy] = relationship(back_populates="spans")
