"""Read the abbreviations: the installation's own and those shipped with Govern."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from govern.archive.abbreviations.models import Abbreviation
from govern.db import db
from govern.search.terms import SWEDISH


@dataclass(frozen=True, slots=True)
class Listed:
    """An abbreviation as listed: `own` if the installation has set it; `shipped` is its shipped meaning, if any."""

    short: str
    long: str
    own: bool
    shipped: str = ""


def own() -> tuple[tuple[str, str], ...]:
    """Return the installation's own abbreviations, folded, with what each stands for."""
    query = select(Abbreviation.short, Abbreviation.long).order_by(Abbreviation.short)
    return tuple((row.short, row.long) for row in db.session.execute(query))


def listed() -> list[Listed]:
    """Return all abbreviations, sorted."""
    added, shipped = dict(own()), SWEDISH.abbreviations
    return [
        Listed(short, added.get(short, shipped.get(short, "")), short in added, shipped.get(short, ""))
        for short in sorted(added.keys() | shipped.keys())
    ]


def by_short(short: str) -> Abbreviation | None:
    """Return one of the installation's own abbreviations, or None."""
    return db.session.scalar(select(Abbreviation).where(Abbreviation.short == short))
