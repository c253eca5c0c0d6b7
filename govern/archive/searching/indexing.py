"""Keep the search index up to date: through the outbox after each commit, and by a rebuild if it is lost.

A rebuild misses nothing: paragraphs that were queued or indexed while it ran are read again before the new index is put
into use. The index stores the last outbox row durably in it, so that an index restored from a backup, or one that lost
its last seconds in a power failure, is detected as outdated.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, literal, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from govern import outbox
from govern.archive.searching.engines import engine
from govern.archive.searching.passages import (
    LOADED,
    documents,
    key_of,
    papers_key,
    secret_papers,
    standing,
    texts_of,
)
from govern.db import UTCDateTime, commit_step, db, now, pause
from govern.meetings.models import Meeting
from govern.outbox import OutboxEntry
from govern.paragraphs.models import Assignment, Paragraph
from govern.search import CatchUp, Document, SearchUnavailable
from govern.swedish import SWEDEN, local_day
from govern.topics import Topic

log = logging.getLogger(__name__)

BATCH = 200
CLOCKS = timedelta(minutes=1)  # The greatest allowed difference between the clocks of two machines.
MARGIN = timedelta(hours=1)  # How long before its last known update an outdated index is replayed from.


def _reading() -> Session:
    """Open a separate session for reading, so that the rows of the caller's session are unaffected."""
    return Session(db.engine)


def _documents(session: Session, ids: Iterable[int]) -> list[Document]:
    query = select(Paragraph).where(Paragraph.id.in_(list(ids))).options(*LOADED)
    paragraphs = session.scalars(query).all()
    texts, secret = texts_of(paragraphs, session), secret_papers(paragraphs, session)
    stand = standing(paragraphs, session, local_day(now()))
    return [written for paragraph in paragraphs for written in documents(paragraph, texts, secret, stand)]


def _changes(ids: Sequence[int]) -> tuple[list[Document], list[str]]:
    """Read paragraphs for the index; return their documents and the keys to delete."""
    with _reading() as session:
        written = _documents(session, ids)
    there = {found.key for found in written}
    keys = [key for i in ids for key in (key_of(i), papers_key(i))]
    return written, [key for key in keys if key not in there]


def update_index(keys: Sequence[str]) -> None:
    """Update these paragraphs in the index, or queue a rebuild if there is no usable index."""
    written, deleted = _changes([int(key) for key in keys])
    leased = select(func.max(OutboxEntry.id)).where(OutboxEntry.topic == Topic.INDEX, OutboxEntry.key.in_(keys))
    with _reading() as session:
        sequence = session.scalar(leased.where(OutboxEntry.attempts > 0))
    try:
        engine().update(written, deleted, sequence)
    except SearchUnavailable as error:
        log.warning("search: %s; a rebuild is asked for", error)
        ask_for_rebuild()


def update_meetings(keys: Sequence[str]) -> None:
    """Queue index updates of all paragraphs of meetings whose day may have changed."""
    _ask_for(Paragraph.meeting_id.in_([int(key) for key in keys]))


def update_forums(keys: Sequence[str]) -> None:
    """Queue index updates of all paragraphs of forums whose name may have changed."""
    meetings = select(Meeting.id).where(Meeting.forum_id.in_([int(key) for key in keys]))
    _ask_for(Paragraph.meeting_id.in_(meetings))


def _ask_for(these: ColumnElement[bool]) -> None:
    """Queue index updates of any number of paragraphs in one statement; the outbox handles them in batches."""
    row = _row(Topic.INDEX, cast(Paragraph.id, String))
    db.session.execute(insert(OutboxEntry).from_select(list(row), select(*row.values()).where(these)))
    commit_step()


def _row(topic: str, key: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Return the columns of an outbox row, for an INSERT from a SELECT."""
    at = now()
    return {
        "topic": literal(topic),
        "key": key,
        "created_at": literal(at, UTCDateTime),
        "due_at": literal(at, UTCDateTime),
        "attempts": literal(0),
        "error": literal("", String),
    }


def rebuild(_keys: Sequence[str]) -> None:
    reindex()


def reindex() -> int:
    """Build a new index, put it into use and return the number of documents in it.

    Raises:
        SearchUnavailable: if another process is also rebuilding it.
    """
    started = now()

    def catch_up() -> CatchUp:
        with _reading() as session:
            topic = select(OutboxEntry).where(OutboxEntry.topic == Topic.INDEX)
            missed = topic.where(OutboxEntry.done_at.is_(None) | (OutboxEntry.done_at >= started - CLOCKS))
            keys = session.scalars(missed.with_only_columns(OutboxEntry.key).distinct()).all()
            sequence = session.scalar(topic.with_only_columns(func.max(OutboxEntry.id)))
        written, deleted = _changes([int(key) for key in keys])
        return CatchUp(written, deleted, sequence or 0)

    count = engine().rebuild(_every_document(), catch_up)
    log.info("search: the index was built with %d paragraphs", count)
    return count


def _every_document() -> Iterator[Document]:
    last = 0
    while True:
        with _reading() as session:
            ids = session.scalars(select(Paragraph.id).where(Paragraph.id > last).order_by(Paragraph.id).limit(BATCH))
            batch = ids.all()
            written = _documents(session, batch)
        if not batch:
            return
        yield from written
        last = batch[-1]


def queue_overdue(keys: Sequence[str]) -> None:
    """Queue index updates for assignments that have become overdue since the day in the key, and schedule the next."""
    today = local_day(now())
    since = min(date.fromisoformat(key) for key in keys) - timedelta(days=1)
    late = select(Assignment.paragraph_id).where(Assignment.overdue(today), ~Assignment.overdue(since))
    _ask_for(Paragraph.id.in_(late))
    _schedule(today, OutboxEntry.key == today.isoformat())


def _schedule(today: date, *which: ColumnElement[bool]) -> None:
    """Schedule the check for overdue assignments after midnight, unless it is already queued."""
    waits = select(OutboxEntry.id).where(OutboxEntry.topic == Topic.OVERDUE, outbox.waits(), *which)
    if db.session.scalar(waits.limit(1)) is None:
        tomorrow = datetime.combine(today + timedelta(days=1), time(0, 1), SWEDEN)
        outbox.enqueue(Topic.OVERDUE, today.isoformat(), at=now(), due=tomorrow)
        commit_step()


def ask_for_rebuild() -> None:
    """Queue a rebuild unless one is queued, in a separate transaction, so that pages that only read may call it."""
    waits = select(OutboxEntry.id).where(OutboxEntry.topic == Topic.REINDEX, outbox.waits()).exists()
    row = _row(Topic.REINDEX, literal("all"))
    pause()
    try:
        db.session.execute(insert(OutboxEntry).from_select(list(row), select(*row.values()).where(~waits)))
        commit_step()
    except OperationalError:
        db.session.rollback()
        log.warning("search: a rebuild could not be asked for now; the next who searches asks again")


def repair() -> None:
    """Repair the index at startup: queue a rebuild if it cannot be read, or missing updates if it is outdated.

    Also schedule the check for overdue assignments.
    """
    _schedule(local_day(now()))
    if not engine().healthy():
        ask_for_rebuild()
        return
    sequence = engine().sequence()
    done = select(OutboxEntry).where(OutboxEntry.topic == Topic.INDEX, OutboxEntry.done_at.is_not(None))
    with _reading() as session:
        newest = session.scalar(done.with_only_columns(func.max(OutboxEntry.id)))
        known = session.scalar(select(OutboxEntry.done_at).where(OutboxEntry.id == sequence)) if sequence else None
    if newest is None or (sequence is not None and newest <= sequence):
        return
    if sequence is None or (sequence and known is None):
        ask_for_rebuild()
    else:
        _replay(sequence, known)


def _replay(sequence: int, known: datetime | None) -> None:
    missing = OutboxEntry.id > sequence
    if known is not None:
        missing |= OutboxEntry.done_at >= known - MARGIN
    undone = update(OutboxEntry).where(OutboxEntry.topic == Topic.INDEX, missing)
    db.session.execute(
        undone.values(done_at=None, set_aside_at=None, attempts=0, due_at=now()).execution_options(
            synchronize_session=False
        )
    )
    commit_step()
    log.warning("search: the index is behind and is filled up from outbox row %d", sequence)
