"""The database schema: Alembic's migrations, run from code so that `govern run` needs no second command."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import govern
from govern.db import db
from govern.errors import Refused

PREPARING = 7303
"""PostgreSQL's advisory lock on preparing the database; `govern.db.LOCK` holds the one on writing."""


@contextmanager
def alone() -> Iterator[None]:
    """Prepare the current application's database in this block while no other process does; they wait as long.

    A migration is a transaction of its own, and the write lock is free between two of them: of two processes that
    start at once, both would make the same table. The lock is released when its process dies.
    """
    if db.engine.dialect.name == "sqlite":
        with _alone_at_file(Path(f"{db.engine.url.database}.preparing")):
            yield
    else:
        with _alone_at_server():
            yield


@contextmanager
def _alone_at_file(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


@contextmanager
def _alone_at_server() -> Iterator[None]:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # Closing it ends the server's session, and with that the lock.
        connection.exec_driver_sql("SET lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({PREPARING})")
        yield


def configuration() -> Config:
    """Return Alembic's configuration, pointing at the migrations beside or inside the package."""
    config = Config()
    config.set_main_option("script_location", str(govern.beside("migrations")))
    return config


def head() -> str | None:
    """Return the name of the newest migration."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current() -> str | None:
    """Return the migration that the current application's database is at, or None if it has no tables."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(revision: str = "head") -> None:
    """Upgrade the current application's database to a migration."""
    command.upgrade(configuration(), revision)
    analyse()


def analyse() -> None:
    """Let SQLite gather statistics, without which it chooses indexes blindly; PostgreSQL does so by itself."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")


def downgrade(revision: str) -> None:
    """Downgrade the current application's database to a migration.

    Raises:
        Refused: if something sealed or called off would be lost in the older version; nothing is changed.
    """
    for sentence in _in_the_way(revision):
        raise Refused(sentence)
    command.downgrade(configuration(), revision)


def _in_the_way(revision: str) -> Iterator[str]:
    """Yield what the downgraded migrations would have to discard, from the `IN_THE_WAY` of each."""
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        for script in ScriptDirectory.from_config(configuration()).iterate_revisions(at, revision):
            for query, sentence in getattr(script.module, "IN_THE_WAY", ()):
                if connection.scalar(text(query)):
                    yield sentence
