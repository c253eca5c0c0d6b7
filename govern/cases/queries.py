"""Finding files that have been removed from where they were listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from govern import audit
from govern.cases.models import Attachment
from govern.db import db

MOST = 50


def removed_files(row: Any, action: str, listed: Collection[Attachment]) -> Sequence[Attachment]:
    """List the files, at most 50, that the log says were removed from a row by `action` and that it does not list."""
    gone = set(audit.noted(row, action, "attachment")[:MOST]) - {attachment.id for attachment in listed}
    if not gone:
        return ()
    return db.session.scalars(select(Attachment).where(Attachment.id.in_(gone)).order_by(Attachment.id)).all()
