"""Queries for collaborations and parties."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from govern.db import db
from govern.parties.models import Collaboration, Party
from govern.web.paging import Page

PAGE = 50


def collaboration_by_slug(slug: str) -> Collaboration | None:
    """Return a collaboration, or None."""
    return db.session.scalar(select(Collaboration).where(Collaboration.slug == slug))


def collaborations_page(number: int) -> Page[Collaboration]:
    """Return a page of collaborations by name, with their parties."""
    total = db.session.scalar(select(func.count(Collaboration.id))) or 0
    query = select(Collaboration).options(selectinload(Collaboration.parties)).order_by(Collaboration.name)
    return Page(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all(), number, PAGE, total)


def party_by_id(slug: str, party_id: int) -> Party | None:
    """Return a party of the collaboration, or None."""
    party = db.session.get(Party, party_id)
    return party if party and party.collaboration.slug == slug else None
