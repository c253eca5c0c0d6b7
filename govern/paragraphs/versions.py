"""A paragraph's earlier versions: kept at every save, thinned where one person's saves follow close upon each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govern.db import db
from govern.paragraphs import draft as drafts
from govern.paragraphs import writing
from govern.paragraphs.drafting_models import ParagraphVersion
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person

STRETCH = timedelta(minutes=2)


def keep(
    paragraph: Paragraph,
    content: dict[str, Any],
    latest: ParagraphVersion | None,
    *,
    by: Person,
    at: datetime,
    apart: bool = False,
) -> ParagraphVersion:
    """Keep `content` (a draft's JSON) as the paragraph's present version, in the caller's transaction.

    It takes the place of the `latest` one when that is the same person's, unmarked, and begun less than two minutes
    ago; `apart` keeps it beside that one all the same.
    """
    thinned = (
        not apart
        and latest is not None
        and latest.by_id == by.id
        and latest.mark is None
        and at - latest.begun_at < STRETCH
    )
    if latest is None or not thinned:
        latest = ParagraphVersion(paragraph_id=paragraph.id, by_id=by.id, begun_at=at)
        db.session.add(latest)
    latest.version, latest.draft, latest.at = paragraph.version, content, at
    return latest


def secure(paragraph: Paragraph, *, by: Person, at: datetime) -> ParagraphVersion:
    """Give the present version, kept now if it has not been: it was opened, or written before versions were kept."""
    latest = latest_of(paragraph)
    if latest is not None and latest.version == paragraph.version:
        return latest
    return keep(paragraph, drafts.to_json(writing.read(paragraph)), latest, by=by, at=at, apart=True)


def mark(paragraph: Paragraph, state: ParagraphState, *, by: Person, at: datetime) -> None:
    """Say what became of the present version, in the caller's transaction; from then on it is never thinned."""
    secure(paragraph, by=by, at=at).mark = state


def latest_of(paragraph: Paragraph) -> ParagraphVersion | None:
    """Give the version that was kept last, or None."""
    query = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
    return db.session.scalar(query.order_by(ParagraphVersion.version.desc()).limit(1))


def versions_of(paragraph: Paragraph, limit: int = 200) -> Sequence[ParagraphVersion]:
    """List a paragraph's versions, the latest first."""
    query = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
    query = query.options(joinedload(ParagraphVersion.by)).order_by(ParagraphVersion.version.desc())
    return db.session.scalars(query.limit(limit)).all()


def version_of(paragraph: Paragraph, version: int) -> ParagraphVersion | None:
    """Give one version, or None."""
    query = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
    return db.session.scalar(query.where(ParagraphVersion.version == version))
