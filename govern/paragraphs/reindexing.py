"""Extracting the text of stored files, and reindexing the paragraphs that list them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from govern.cases import file_texts
from govern.cases.models import Attachment
from govern.cases.states import TextState
from govern.db import commit_step, db, lock, now, pause
from govern.paragraphs.models import Paragraph, ParagraphAttachment
from govern.paragraphs.operations import queue_index_update


def mark_unreadable(sha256: str) -> None:
    file_texts.keep(sha256, TextState.UNREADABLE, [], at=now())


def read_files(keys: Sequence[str]) -> None:
    """Extract the text of files and queue index updates; no transaction is open during the extraction."""
    for sha256 in keys:
        file = file_texts.unread(sha256)
        media_type = file.media_type if file else None
        pause()
        if media_type is None:
            continue
        state, parts = file_texts.texts(sha256, media_type)
        lock()
        file_texts.keep(sha256, state, parts, at=now())
        queue_index_update(_listing(sha256), at=now())
        commit_step()


def _listing(sha256: str) -> Sequence[Paragraph]:
    query = (
        select(Paragraph)
        .join(ParagraphAttachment, ParagraphAttachment.paragraph_id == Paragraph.id)
        .join(Attachment, Attachment.id == ParagraphAttachment.attachment_id)
        .where(Attachment.sha256 == sha256)
    )
    return db.session.scalars(query).unique().all()
