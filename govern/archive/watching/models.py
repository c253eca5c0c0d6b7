"""The tables of saved searches and their new hits."""

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
    """A search that someone has saved; `asked` is its URL parameters, as pairs of name and value.

    `told_since` is when notifications were last turned on or off, or the search restored: what was sealed earlier is
    not news. A removed search is kept for a while so that it can be restored. `feed` numbers the feed's URLs: each new
    one invalidates the previous.
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
    """A paragraph that a saved search has found; `told_at` is when its owner was notified, which happens once."""

    __tablename__ = "search_news"
    __table_args__ = (UniqueConstraint("saved_id", "paragraph_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_id: Mapped[int] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"))
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    saved: Mapped[SavedSearch] = relationship()
    paragraph: Mapped[Paragraph] = relationship()
