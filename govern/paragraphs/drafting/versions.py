"""A paragraph's earlier versions: kept at every save, thinned where one person's saves follow close upon each other."""

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
    """What a save asks of the version that was kept last."""

    id: int
    version: int
    draft: dict[str, Any]
    by_id: int
    begun_at: datetime
    mark: ParagraphState | None


# Built once, and run without the session's bookkeeping: they are asked at every autosave.
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
    """Keep `content` (a draft's JSON) as a version of the paragraph, in the caller's transaction.

    It takes the place of the `latest` one when that is the same person's, unmarked, and begun less than two minutes
    ago; `apart` keeps it beside that one all the same.
    """
    kept = {"version": version, "draft": content, "at": at}
    if latest is not None and not apart and _thinned(latest, by, at):
        db.session.connection().execute(_REPLACE, kept | {"replaced": latest.id})
    else:
        begun = {"paragraph_id": paragraph.id, "by_id": by.id, "begun_at": at}
        db.session.connection().execute(_ADD, begun | kept)


def _thinned(latest: Latest, by: Person, at: datetime) -> bool:
    return latest.by_id == by.id and latest.mark is None and at - latest.begun_at < STRETCH


def secure(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Keep the present version if it has not been: it was opened, or written before versions were kept."""
    latest = latest_of(paragraph)
    if latest is None or latest.version != paragraph.version:
        content = drafts.to_json(stored.read(paragraph))
        keep(paragraph, paragraph.version, content, latest, by=by, at=at, apart=True)


def mark(paragraph: Paragraph, state: ParagraphState, *, by: Person, at: datetime) -> None:
    """Say what became of the present version, in the caller's transaction; from then on it is never thinned."""
    secure(paragraph, by=by, at=at)
    present = ParagraphVersion.paragraph_id == paragraph.id, ParagraphVersion.version == paragraph.version
    db.session.execute(update(ParagraphVersion).where(*present).values(mark=state))


def latest_of(paragraph: Paragraph) -> Latest | None:
    """Give the version that was kept last, or None."""
    row = db.session.connection().execute(_LATEST, {"of": paragraph.id}).first()
    return Latest(*row) if row else None
