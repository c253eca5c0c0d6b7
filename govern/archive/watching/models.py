"""Searches that someone has saved, and what each has found since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.archive.states import Telling
from govern.db import Model
from govern.paragraphs.models import Paragraph
from govern.people.models import Person


class SavedSearch(Model):
    """A question that someone asks again: `asked` is the address's own pairs of name and value.

    `told_since` is when its owner last chose to be told: what was sealed before is not news. A removed one is kept
    for a while, so that it can be taken back. `feed` counts the feed's addresses: with each new one the old are dead.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    asked: Mapped[list[Any]]
    telling: Mapped[Telling] = mapped_column(default=Telling.NEVER)
    told_since: Mapped[datetime]
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    feed: Mapped[int] = mapped_column(default=0)
    feed_open: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()


class SearchNews(Model):
    """That a saved search has found a paragraph; `told_at` is when its owner was told of it, which is once."""

    __tablename__ = "search_news"
    __table_args__ = (UniqueConstraint("saved_id", "paragraph_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_id: Mapped[int] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"))
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    saved: Mapped[SavedSearch] = relationship()
    paragraph: Mapped[Paragraph] = relationship()
