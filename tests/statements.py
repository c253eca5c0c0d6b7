"""Count a page's SQL statements, so that a list does not query once per row, and test for the write lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from govern.db import OWN, db


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements run in the block, except the transaction's own."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(OWN):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def writer() -> Callable[[], None]:
    """Return a function that fails, in any thread, if somebody holds SQLite's write lock."""
    database = db.engine.url.database or ""

    def write() -> None:
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()

    return write
