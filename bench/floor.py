"""The floor that the others stand on: a request's own statements, played by the database's own driver alone."""

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
    """Note every statement with its values, and whether it was given many; empty the list between requests."""
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
    """Play a request's statements in one transaction, fetching all they give; say the seconds it took."""
    begun = time.perf_counter()
    writes = any(sql == "BEGIN IMMEDIATE" for sql, *_ in noted) and isinstance(bare, sqlite3.Connection)
    bare.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    cursor = bare.cursor()
    for sql, values, many in noted:
        if sql.startswith("BEGIN"):
            continue  # Played above.
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
        if cursor.description:
            cursor.fetchall()
    bare.execute("COMMIT")
    return time.perf_counter() - begun
