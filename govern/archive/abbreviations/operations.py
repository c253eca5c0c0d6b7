"""The abbreviations that search understands: those that are shipped, and an installation's own beside or instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from govern import audit
from govern.archive.abbreviations.models import Abbreviation
from govern.archive.importing.rules import Refusal
from govern.db import db
from govern.errors import Refused
from govern.people.models import Person
from govern.search.terms import SWEDISH
from govern.search.tokens import fold

LONGEST = 100
_SHORT = re.compile(r"[^\W_]{1,12}")


@dataclass(frozen=True, slots=True)
class Listed:
    """An abbreviation as the list shows it: `own` is one that was added, `shipped` what it stood for before, if so."""

    short: str
    long: str
    own: bool
    shipped: str = ""


def own() -> tuple[tuple[str, str], ...]:
    """List the installation's own abbreviations, folded, with what each stands for."""
    query = select(Abbreviation.short, Abbreviation.long).order_by(Abbreviation.short)
    return tuple((row.short, row.long) for row in db.session.execute(query))


def listed() -> list[Listed]:
    """List every abbreviation by name."""
    added, shipped = dict(own()), SWEDISH.abbreviations
    return [
        Listed(short, added.get(short, shipped.get(short, "")), short in added, shipped.get(short, ""))
        for short in sorted(added.keys() | shipped.keys())
    ]


def save(short: str, long: str, *, by: Person, at: datetime) -> str:
    """Let an abbreviation stand for these words, or for nothing, from the next search on; give it as it is kept.

    Raises:
        Refused: when the abbreviation is not one short word, or what it stands for is too long.
    """
    folded, words = fold(short.strip().rstrip(".")), " ".join(long.split())
    if not _SHORT.fullmatch(folded):
        raise Refused(Refusal.NOT_SHORT, "short")
    if len(words) > LONGEST or fold(words) == folded:
        raise Refused(Refusal.NOT_WORDS, "long")
    row = by_short(folded) or Abbreviation(short=folded)
    row.long = words
    db.session.add(row)
    audit.write("abbreviation.saved", row, by=by, at=at, short=folded, long=words)
    db.session.commit()
    return folded


def remove(row: Abbreviation, *, by: Person, at: datetime) -> None:
    """Take an own abbreviation away; a shipped one stands for what it did before."""
    audit.write("abbreviation.removed", row, by=by, at=at, short=row.short)
    db.session.delete(row)
    db.session.commit()


def by_short(short: str) -> Abbreviation | None:
    """Give an own abbreviation, or None."""
    return db.session.scalar(select(Abbreviation).where(Abbreviation.short == short))
