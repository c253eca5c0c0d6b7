"""A paragraph's versions: stored at every save, except that one person's saves in quick succession share a row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from govern.db import db
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person

STRETCH = timedelta(minutes=2)


class Latest(NamedTuple):
    """The columns of the latest version that a save needs."""

    id: int
    version: int
    draft: dict[str, Any]
    by_id: int
    begun_at: datetime
    mark: ParagraphState | None


# Built once, and run as Core statements: they are executed at every autosave.
_LATEST = (
    select(*(getattr(ParagraphVersion, name) for name in Latest._fields))
    .where(ParagraphVersion.paragraph_id == bindparam("of"))
    .order_by(ParagraphVersion.version.desc())
    .limit(1)
)
_ADD = insert(ParagraphVersion).inline()
_REPLACE = update(ParagraphVersion).where(ParagraphVersion.id == bindparam("replaced"))


def keep(
    paragraph: Paragraph,
    version: int,
    content: dict[str, Any],
    latest: Latest | None,
    *,
    by: Person,
    at: datetime,
    apart: bool = False,
) -> None:
    """Store `content` (a draft's JSON) as a version of the paragraph, in the caller's transaction.

    It replaces the `latest` version if that is the same person's, unmarked, and begun less than `STRETCH` ago, unless
    `apart` is set.
    """
    kept = {"version": version, "draft": content, "at": at}
    if latest is not None and not apart and _thinned(latest, by, at):
        db.session.connection().execute(_REPLACE, kept | {"replaced": latest.id})
    else:
        begun = {"paragraph_id": paragraph.id, "by_id": by.id, "begun_at": at}
        db.session.connection().execute(_ADD, begun | kept)


def _thinned(latest: Latest, by: Person, at: datetime) -> bool:
    return latest.by_id == by.id and latest.mark is None and at - latest.begun_at < STRETCH


def ensure_stored(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Store the current version if it is not stored: nothing has been saved yet, or the row predates versions."""
    latest = latest_of(paragraph)
    if latest is None or latest.version != paragraph.version:
        content = drafts.to_json(stored.read(paragraph))
        keep(paragraph, paragraph.version, content, latest, by=by, at=at, apart=True)


def mark(paragraph: Paragraph, state: ParagraphState, *, by: Person, at: datetime) -> None:
    """Mark the current version with a state, in the caller's transaction; a later save never replaces it."""
    ensure_stored(paragraph, by=by, at=at)
    present = ParagraphVersion.paragraph_id == paragraph.id, ParagraphVersion.version == paragraph.version
    db.session.execute(update(ParagraphVersion).where(*present).values(mark=state))


def latest_of(paragraph: Paragraph) -> Latest | None:
    """Return the latest stored version, or None."""
    row = db.session.connection().execute(_LATEST, {"of": paragraph.id}).first()
    return Latest(*row) if row else None
