"""The table of abbreviations that an administrator has added or changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govern.db import Model


class Abbreviation(Model):
    """An abbreviation and what it stands for; it overrides a shipped one, and with an empty `long` it disables it."""

    __tablename__ = "abbreviations"
    __table_args__ = (CheckConstraint("short <> ''", name="short"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    short: Mapped[str] = mapped_column(unique=True)
    long: Mapped[str]
