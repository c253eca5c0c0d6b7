"""Who has a paragraph open for editing and who holds the pen, kept alive by the page's heartbeat every few seconds.

The pen is advisory: a save does not need it, because conflicts are detected by version (optimistic locking).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from govern.db import db, save_changes
from govern.paragraphs.drafting.models import ParagraphEditor
from govern.paragraphs.models import Paragraph
from govern.people.models import Person

GONE_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Editors:
    """Who has a paragraph open: the pen's holder and since when, whether that is this browser, and others' names."""

    holder: str | None
    since: datetime | None
    mine: bool
    others: tuple[str, ...]


def beat(
    paragraph: Paragraph,
    *,
    by: Person,
    session_id: int,
    at: datetime,
    typing: bool = False,
    take_over: bool = False,
) -> Editors:
    """Record that a browser has the paragraph open, and return who has.

    `typing` takes the pen if nobody holds it; `take_over` takes it from its holder. Editors that have not been seen for
    `GONE_AFTER` are removed.
    """
    gone = delete(ParagraphEditor).where(ParagraphEditor.seen_at < at - GONE_AFTER)
    db.session.execute(gone.execution_options(synchronize_session=False))
    rows = _rows(paragraph)
    own = next((row for row in rows if row.session_id == session_id), None)
    if own is None:
        own = ParagraphEditor(paragraph_id=paragraph.id, session_id=session_id, person=by, since=at, seen_at=at)
        db.session.add(own)
        rows.append(own)
    own.seen_at = at
    holder = next((row for row in rows if row.holds_since), None)
    if (take_over and holder is not own) or (typing and holder is None):
        if holder is not None:
            holder.holds_since = None
        own.holds_since, holder = at, own
    status = Editors(
        holder=_name(holder, own) if holder else None,
        since=holder.holds_since if holder else None,
        mine=holder is own,
        others=_names([row for row in rows if row is not own], own),
    )
    save_changes()
    return status


def _names(others: list[ParagraphEditor], own: ParagraphEditor) -> tuple[str, ...]:
    """Return each name once, the asking person's other browser first, since the page's sentence begins with it."""
    ordered = sorted(others, key=lambda row: (row.person is not own.person, row.person.name))
    return tuple(dict.fromkeys(_name(row, own) for row in ordered))


def _name(row: ParagraphEditor, own: ParagraphEditor) -> str:
    """Return an editor's name as the asking browser shows it; the same person may be signed in in another browser."""
    elsewhere = row is not own and row.person is own.person
    return "Du, i en annan webbläsare," if elsewhere else row.person.name


def others_write(paragraphs: Sequence[Paragraph], *, by: Person, at: datetime) -> bool:
    """Return whether somebody else holds the pen of one of these paragraphs."""
    query = select(ParagraphEditor.paragraph_id).where(
        ParagraphEditor.paragraph_id.in_([paragraph.id for paragraph in paragraphs]),
        ParagraphEditor.person_id != by.id,
        ParagraphEditor.holds_since.is_not(None),
        ParagraphEditor.seen_at >= at - GONE_AFTER,
    )
    return db.session.scalar(query.limit(1)) is not None


def leave(paragraph: Paragraph, session_id: int) -> None:
    """Remove the record that this browser has the paragraph open."""
    db.session.execute(
        delete(ParagraphEditor).where(
            ParagraphEditor.paragraph_id == paragraph.id, ParagraphEditor.session_id == session_id
        )
    )
    save_changes()


def _rows(paragraph: Paragraph) -> list[ParagraphEditor]:
    query = select(ParagraphEditor).where(ParagraphEditor.paragraph_id == paragraph.id)
    query = query.options(joinedload(ParagraphEditor.person)).order_by(ParagraphEditor.since)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
