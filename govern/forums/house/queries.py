"""Finding the house style in force: the forum's choices over the collaboration's over Govern's defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from govern import files
from govern.db import db
from govern.documents.style import HouseStyle
from govern.forums.house.models import House
from govern.forums.house.rules import Choices, merged, style_with
from govern.forums.models import Forum, Seat
from govern.parties.models import Collaboration
from govern.people.models import Person

Owner = Collaboration | Forum
"""The owner of a house style."""


@dataclass(frozen=True, slots=True)
class Layers:
    """An owner's own layer, and as `beneath` the one it inherits from; each is None if nothing is chosen."""

    owner: Owner
    own: House | None
    beneath: House | None

    @property
    def inherited(self) -> Choices:
        """The choices in force without the owner's own."""
        return merged(*(row.own for row in (self.beneath,) if row))

    @property
    def choices(self) -> Choices:
        """The choices in force."""
        return merged(*(row.own for row in (self.beneath, self.own) if row))

    @property
    def differs(self) -> dict[str, Any]:
        """The owner's own choices, by name."""
        return self.own.own if self.own else {}

    @property
    def logo(self) -> House | None:
        """The row whose logo is in force, if any."""
        return self._holding("logo")

    @property
    def base(self) -> House | None:
        """The row whose base DOCX is in force, if any."""
        return self._holding("base")

    def _holding(self, name: str) -> House | None:
        rows = (row for row in (self.own, self.beneath) if row is not None and getattr(row, name) is not None)
        row = next(rows, None)
        return row if row is not None and getattr(row, name) else None

    def style(self, choices: Choices | None = None) -> HouseStyle:
        """Return the style in force, or with `choices` instead, for a preview."""
        logo, base = self.logo, self.base
        return style_with(
            choices or self.choices,
            logo=files.read(logo.logo) if logo and logo.logo else None,
            logo_alt=logo.logo_alt if logo else None,
            base=files.read(base.base) if base and base.base else None,
        )


def layers_of(owner: Owner) -> Layers:
    """Return both layers of an owner's style, in one query."""
    if isinstance(owner, Collaboration):
        query = select(House).where(House.collaboration_id == owner.id, House.forum_id.is_(None))
        return Layers(owner, db.session.scalar(query), None)
    query = select(House).where(
        House.collaboration_id == owner.collaboration_id, or_(House.forum_id == owner.id, House.forum_id.is_(None))
    )
    rows = {row.forum_id: row for row in db.session.scalars(query)}
    return Layers(owner, rows.get(owner.id), rows.get(None))


def style_of(owner: Owner) -> HouseStyle:
    """Return the style in force for new documents."""
    return layers_of(owner).style()


def accent_for(person: Person | None, row: Any) -> str | None:
    """Return a page's accent colour, or None for Govern's own.

    It is that of the collaboration that `row` belongs to, else that of the person's collaborations if just one has one,
    else, as on public pages, that of the installation's only collaboration. If the database fails it is None, so that
    the error page can be shown.
    """
    try:
        return _accent_for(person, row)
    except SQLAlchemyError:
        return None


def _accent_for(person: Person | None, row: Any) -> str | None:
    organisation = select(House.accent).where(House.forum_id.is_(None), House.accent.is_not(None))
    collaboration_id = _collaboration_id(row)
    if collaboration_id is not None:
        return db.session.scalar(organisation.where(House.collaboration_id == collaboration_id))
    if person is not None:
        mine = select(Forum.collaboration_id).join(Seat).where(Seat.person_id == person.id)
        found = db.session.scalars(organisation.where(House.collaboration_id.in_(mine)).limit(2)).all()
        if found:
            return found[0] if len(found) == 1 else None
    alone = select(func.count()).select_from(Collaboration).scalar_subquery() == 1
    return db.session.scalar(organisation.where(alone))


def _collaboration_id(row: Any) -> int | None:
    if isinstance(row, Collaboration):
        return row.id
    forum = row if isinstance(row, Forum) else getattr(row, "forum", None)
    found: int | None = getattr(forum or row, "collaboration_id", None)
    return found
