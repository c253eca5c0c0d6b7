"""The table of relations between decisions: one replaces or amends an earlier one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import Relation


class Supersession(Model):
    """The relation of a paragraph's decision to an earlier, sealed one: it replaces or amends it (ersätter, ändrar)."""

    __tablename__ = "supersessions"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "earlier_id"),
        CheckConstraint("paragraph_id <> earlier_id", name="another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    earlier_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    relation: Mapped[Relation]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    paragraph: Mapped[Paragraph] = relationship(foreign_keys=[paragraph_id], back_populates="supersedes")
    earlier: Mapped[Paragraph] = relationship(foreign_keys=[earlier_id])
