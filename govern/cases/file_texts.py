"""The text of stored files: extracted once per file, after the commit, and stored in one row per page or part."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import delete

from govern import files, outbox
from govern.cases.models import AttachmentText, FileReading, StoredFile
from govern.cases.states import TextState
from govern.db import db
from govern.reading import Unreadable, text_of_file
from govern.topics import Topic

log = logging.getLogger(__name__)


def ask(file: StoredFile, *, at: datetime) -> None:
    """Queue the extraction of a file's text unless it is done, in the caller's transaction.

    The key of `Topic.READ` is the file's SHA-256. The paragraphs slice handles it, since it knows what to reindex.
    """
    if file.reading is None:
        outbox.enqueue(Topic.READ, file.sha256, at=at)


def unread(sha256: str) -> StoredFile | None:
    """Return a file whose text has not been extracted, or None."""
    file = db.session.get(StoredFile, sha256)
    return None if file is None or file.reading is not None else file


def texts(sha256: str, media_type: str) -> tuple[TextState, list[str]]:
    """Extract a file's text, by page or part. It may take seconds: call it with no transaction open."""
    try:
        parts = text_of_file(files.checked(sha256), media_type)
    except Unreadable as error:
        log.info("file %s cannot be read: %s", sha256, error)
        return TextState.UNREADABLE, []
    return (TextState.READ if any(parts) else TextState.EMPTY), parts


def keep(sha256: str, state: TextState, parts: list[str], *, at: datetime) -> None:
    """Store an extracted text, in the caller's transaction; if one is stored already, change nothing."""
    if unread(sha256) is None:
        return
    db.session.execute(delete(AttachmentText).where(AttachmentText.sha256 == sha256))
    db.session.add_all(AttachmentText(sha256=sha256, part=place, text=t) for place, t in enumerate(parts, 1) if t)
    db.session.add(FileReading(sha256=sha256, state=state, at=at))
