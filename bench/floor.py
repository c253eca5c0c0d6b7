"""The baseline of other benchmarks: a request's own statements, run by the database's driver alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from govern.db import OWN, db

Bare = sqlite3.Connection | psycopg.Connection[Any]
Noted = list[tuple[str, Any, bool]]


@contextmanager
def noting() -> Iterator[Noted]:
    """Record every statement with its values and whether it was an executemany; clear the list between requests."""
    noted: Noted = []

    def listen(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        if sql == "BEGIN IMMEDIATE" or not sql.upper().startswith(OWN):
            noted.append((sql, values, many))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield noted
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def play(bare: Bare, noted: Noted) -> float:
    """Run a request's statements in one transaction, fetching all their rows; return the seconds it took."""
    begun = time.perf_counter()
    writes = any(sql == "BEGIN IMMEDIATE" for sql, *_ in noted) and isinstance(bare, sqlite3.Connection)
    bare.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    cursor = bare.cursor()
    for sql, values, many in noted:
        if sql.startswith("BEGIN"):
            continue  # Run above.
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
        if cursor.description:
            cursor.fetchall()
    bare.execute("COMMIT")
    return time.perf_counter() - begun
