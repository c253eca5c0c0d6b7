"""The tables of collaborations, their parties and their agreements."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model


class Collaboration(Model):
    """Organisations joined by a contract (samverkan), under the name that heads their protocols."""

    __tablename__ = "collaborations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    org_number: Mapped[str | None] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(default="")

    parties: Mapped[list[Party]] = relationship(back_populates="collaboration", order_by="Party.name")
    agreements: Mapped[list[Agreement]] = relationship(
        back_populates="collaboration", order_by="Agreement.in_force_from"
    )


class Party(Model):
    """An organisation with a role in a collaboration (part); the host (värdkommun) keeps its papers.

    Decisions addressed to it are sent to `email`, its registry's address.
    """

    __tablename__ = "parties"
    __table_args__ = (
        UniqueConstraint("collaboration_id", "name"),
        UniqueConstraint("collaboration_id", "org_number"),
        CheckConstraint("population >= 0", name="population"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[int] = mapped_column(ForeignKey("collaborations.id"))
    name: Mapped[str]
    short_name: Mapped[str]
    org_number: Mapped[str | None]
    population: Mapped[int | None]
    host: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str] = mapped_column(default="", server_default=text("''"))

    collaboration: Mapped[Collaboration] = relationship(back_populates="parties")


class Agreement(Model):
    """The contract of a collaboration, with its period of notice and the interval between reviews, both in months."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("notice_months >= 0", name="notice"),
        CheckConstraint("review_months > 0", name="review"),
        CheckConstraint("ends_on IS NULL OR ends_on >= in_force_from", name="ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[int] = mapped_column(ForeignKey("collaborations.id"), index=True)
    title: Mapped[str]
    in_force_from: Mapped[date]
    ends_on: Mapped[date | None]
    notice_months: Mapped[int] = mapped_column(default=3)
    review_months: Mapped[int] = mapped_column(default=12)

    collaboration: Mapped[Collaboration] = relationship(back_populates="agreements")
