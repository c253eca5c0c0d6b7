"""Read audit entries with a filter, by page or in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, Row, Select, func, select

from govern.audit import Anchor, AuditEntry, Break, anchor, breaks
from govern.audit_words import ACTIONS, Group, actions_of
from govern.db import db
from govern.swedish import SWEDEN
from govern.web.paging import Page

SIZE = 50
AT_ONCE = 20_000
"""The most entries for which the chain is verified on every page view; a longer log is verified on request."""
BATCH = 500
"""The number of entries in memory at a time during an export."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The filter of the log.

    `what` is an action or a group of actions; days are Swedish, both included.
    """

    who: str = ""
    what: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None

    def query(self) -> Select[AuditEntry]:
        """Return the query for the entries, newest first."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc())
        if self.who:
            query = query.where(func.lower(AuditEntry.actor).contains(self.who.lower(), autoescape=True))
        if self.what in set(Group):
            query = query.where(AuditEntry.action.in_(actions_of(Group(self.what))))
        elif self.what:
            query = query.where(AuditEntry.action == self.what)
        if self.target:
            query = query.where(AuditEntry.target == self.target)
        if self.since:
            query = query.where(AuditEntry.at >= _midnight(self.since))
        if self.until:
            query = query.where(AuditEntry.at < _midnight(self.until) + timedelta(days=1))
        return query

    def address(self) -> dict[str, str]:
        """Return the filter as URL parameters, without empty values."""
        asked = {
            "vem": self.who,
            "vad": self.what,
            "rad": self.target,
            "fran": self.since.isoformat() if self.since else "",
            "till": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in asked.items() if value}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SWEDEN).astimezone(UTC)


def log_page(asked: Filter, number: int) -> Page[AuditEntry]:
    """Return a page of the filtered entries."""
    query = asked.query()
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Page(db.session.scalars(query.limit(SIZE).offset((number - 1) * SIZE)).all(), number, SIZE, total)


def proof(*, asked: bool) -> tuple[Anchor, list[Break] | None]:
    """Return the log's anchor and the breaks in its chain, which are None for a long log unless `asked`."""
    head = anchor()
    return head, list(breaks()) if asked or head.entries <= AT_ONCE else None


def choices() -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """Return the groups with their actions in Swedish, for the filter; the first choice of each is the whole group."""
    return [
        (group.label, [(group.value, f"Allt: {group.label}"), *((a, ACTIONS[a][1]) for a in actions_of(group))])
        for group in Group
    ]


def rows_of(asked: Filter) -> Iterator[Row[Any]]:
    """Yield the filtered entries' columns, newest first, independently of the request's session."""
    return _rows(db.engine, asked.query())


def _rows(engine: Engine, query: Select[AuditEntry]) -> Iterator[Row[Any]]:
    """Yield the rows in batches.

    Each batch is read on a connection that is released before anything is sent, so that a slow client holds no
    connection and no transaction. Entries are only appended, so concurrent writes do not affect the order.
    """
    columns = query.with_only_columns(*AuditEntry.__table__.columns).limit(BATCH)
    batch = columns
    while True:
        with engine.connect() as connection:
            rows = connection.execute(batch).all()
        yield from rows
        if len(rows) < BATCH:
            return
        batch = columns.where(AuditEntry.id < rows[-1].id)
