"""Add, change and remove the installation's own abbreviations, which override those shipped with Govern."""

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
    """Add or change an abbreviation, effective from the next search, and return it folded.

    With no words, the abbreviation is disabled.

    Raises:
        Refused: if the abbreviation is not one short word, or what it stands for is too long or the same word.
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
    """Remove one of the installation's own abbreviations; a shipped one regains its original meaning."""
    audit.write("abbreviation.removed", row, by=by, at=at, short=row.short)
    db.session.delete(row)
    save_changes()
