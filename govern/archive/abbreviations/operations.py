"""The abbreviations that search understands: those that are shipped, and an installation's own beside or instead."""

from __future__ import annotations

import re
from datetime import datetime

from govern import audit
from govern.archive.abbreviations.models import Abbreviation
from govern.archive.abbreviations.queries import by_short
from govern.archive.importing.rules import Refusal
from govern.db import db, save_changes
from govern.errors import Refused
from govern.people.models import Person
from govern.search.tokens import fold

LONGEST = 100
_SHORT = re.compile(r"[^\W_]{1,12}")


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
    save_changes()
    return folded


def remove(row: Abbreviation, *, by: Person, at: datetime) -> None:
    """Take an own abbreviation away; a shipped one stands for what it did before."""
    audit.write("abbreviation.removed", row, by=by, at=at, short=row.short)
    db.session.delete(row)
    save_changes()
