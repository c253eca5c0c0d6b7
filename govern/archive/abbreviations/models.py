"""What search keeps of its own: the abbreviations that an administrator has added or changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govern.db import Model


class Abbreviation(Model):
    """An abbreviation and what it stands for, beside or instead of those that are shipped; of nothing, it is none."""

    __tablename__ = "abbreviations"
    __table_args__ = (CheckConstraint("short <> ''", name="short"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    short: Mapped[str] = mapped_column(unique=True)
    long: Mapped[str]
