"""What a page asks the database: counted, so that a list does not ask once a row; and whether others may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from govern.db import OWN, db


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile, but for the transaction's own."""
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
    """Return what fails, in whichever thread, when somebody holds the lock that whoever writes to SQLite must have."""
    database = db.engine.url.database or ""

    def write() -> None:
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()

    return write
