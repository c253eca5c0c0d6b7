"""Queries for outbox entries that were set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from govern import outbox
from govern.db import db
from govern.outbox import OutboxEntry, lane_states
from govern.web.paging import Page

__all__ = [
    "OutboxEntry",
    "all_set_aside",
    "count_set_aside",
    "entry_by_id",
    "lane_states",
    "page_of_set_aside",
    "what",
    "why",
]

SIZE = 50


def entry_by_id(entry_id: int) -> OutboxEntry | None:
    """Return an outbox entry, or None."""
    return db.session.get(OutboxEntry, entry_id)


def count_set_aside() -> int:
    """Count the entries that are set aside."""
    return db.session.scalar(select(func.count()).select_from(outbox.set_aside().order_by(None).subquery())) or 0


def what(entry: OutboxEntry) -> str:
    """Return a short description of an entry."""
    duty = outbox.duty_of(entry.topic)
    return f"{duty.label if duty else entry.topic} ({entry.key[:12]})"


def why(entry: OutboxEntry) -> str:
    """Return why an entry was set aside; a technical error is introduced as such."""
    technical = re.match(r"[A-Z]\w*: ", entry.error)
    return f"Ett fel som Govern inte känner igen: {entry.error}" if technical else entry.error


def page_of_set_aside(number: int) -> Page[OutboxEntry]:
    """Return a page of the entries that are set aside."""
    rows = db.session.scalars(outbox.set_aside().limit(SIZE).offset((number - 1) * SIZE)).all()
    return Page(rows, number, SIZE, count_set_aside())


def all_set_aside() -> Sequence[OutboxEntry]:
    """Return all entries that are set aside."""
    return db.session.scalars(outbox.set_aside()).all()
