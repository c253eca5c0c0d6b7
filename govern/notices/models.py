"""Tables of notices, their postings on each board, and the proofs of posting.

`notice_proofs` is append-only: triggers refuse UPDATE and DELETE on it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.people.models import Person
from govern.protocols.models import Protocol


class Notice(Model):
    """The announcement that a protocol has been adjusted (anslag): on which day, and where the protocol is kept.

    `first` and `last` are the §§ that it concerns, so that the public page need not read the protocol. One that was
    posted by mistake is withdrawn with a reason; the protocol can then be posted anew.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("kept_at <> ''", name="kept_at"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name="withdrawn",
        ),
        CheckConstraint("withdrawn_at IS NULL OR down_at IS NOT NULL", name="withdrawn_down"),
        Index(
            "uq_notices_live",
            "protocol_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"))
    adjusted_on: Mapped[date]
    kept_at: Mapped[str]
    first: Mapped[int | None]
    last: Mapped[int | None]
    down_at: Mapped[datetime | None]  # When it was taken down from the last board; the archive is sorted by it.
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))

    withdrawn_by: Mapped[Person | None] = relationship()
    protocol: Mapped[Protocol] = relationship()
    postings: Mapped[list[Posting]] = relationship(order_by="Posting.position", back_populates="notice")
    proof: Mapped[NoticeProof | None] = relationship(back_populates="notice")

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum

    @property
    def board(self) -> Posting:
        """The posting on this installation's board."""
        return self.postings[0]


class Posting(Model):
    """A notice on one board; a joint board's is on every member's (KL 9:32). Position 0 is this installation's."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("notice_id", "position"),
        CheckConstraint("(posted_on IS NULL) = (posted_by_id IS NULL)", name="posted"),
        CheckConstraint("(removed_on IS NULL) = (removed_by_id IS NULL)", name="removed"),
        CheckConstraint("removed_on IS NULL OR removed_on > posted_on", name="stood"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    position: Mapped[int]
    board: Mapped[str]
    posted_on: Mapped[date | None]
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    removed_on: Mapped[date | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    notice: Mapped[Notice] = relationship(back_populates="postings")
    posted_by: Mapped[Person | None] = relationship(foreign_keys=[posted_by_id])
    removed_by: Mapped[Person | None] = relationship(foreign_keys=[removed_by_id])

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.notice.forum

    @property
    def here(self) -> bool:
        """Whether the board is the one that this installation shows."""
        return self.position == 0


class NoticeProof(Model):
    """The proof of when a notice was posted and removed (bevis om anslag), made at the last removal. Never changed."""

    __tablename__ = "notice_proofs"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), unique=True)
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    docx: Mapped[bytes] = mapped_column(deferred=True)
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    notice: Mapped[Notice] = relationship(back_populates="proof")
    made_by: Mapped[Person] = relationship()
