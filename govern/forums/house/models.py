"""House styles: a collaboration's choices for all its forums, and each forum's overrides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.house.rules import NAMES
from govern.forums.models import Forum
from govern.forums.states import DecisionOrder, StripRole
from govern.parties.models import Collaboration


class House(Model):
    """One layer of a house style: the collaboration's if `forum_id` is None, else that forum's overrides.

    None in a column means that it is inherited. `strip` holds roles separated by spaces. `logo` and `base` are the
    SHA-256 of stored files; an empty string means explicitly none.
    """

    __tablename__ = "house_styles"
    __table_args__ = (
        UniqueConstraint("forum_id"),
        Index(
            "uq_house_styles_organisation",
            "collaboration_id",
            unique=True,
            sqlite_where=text("forum_id IS NULL"),
            postgresql_where=text("forum_id IS NULL"),
        ),
        CheckConstraint("name_columns IN (1, 2)", name="name_columns"),
        CheckConstraint("length(accent) = 6", name="accent"),
        CheckConstraint("logo IS NULL OR logo = '' OR logo_alt <> ''", name="logo_alt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[int] = mapped_column(ForeignKey("collaborations.id"), index=True)
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forums.id"))
    accent: Mapped[str | None]
    header_text: Mapped[str | None]
    decision_order: Mapped[DecisionOrder | None]
    paragraphs_on_own_page: Mapped[bool | None]
    contents: Mapped[bool | None]
    legend: Mapped[bool | None]
    name_columns: Mapped[int | None]
    strip: Mapped[str | None]
    logo: Mapped[str | None]
    logo_alt: Mapped[str] = mapped_column(default="", server_default=text("''"))
    base: Mapped[str | None]
    base_name: Mapped[str] = mapped_column(default="", server_default=text("''"))

    collaboration: Mapped[Collaboration] = relationship()
    forum: Mapped[Forum | None] = relationship()

    @property
    def own(self) -> dict[str, Any]:
        """The choices made in this layer, by name; setting them replaces all."""
        found = {name: getattr(self, name) for name in NAMES if getattr(self, name) is not None}
        if "strip" in found:
            found["strip"] = tuple(StripRole(word) for word in found["strip"].split())
        return found

    @own.setter
    def own(self, chosen: dict[str, Any]) -> None:
        for name in NAMES:
            value = chosen.get(name)
            setattr(self, name, " ".join(value) if isinstance(value, tuple) else value)
