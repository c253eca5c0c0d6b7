"""The database schema: Alembic's migrations, run from code so that `govern run` needs no second command."""

from __future__ import annotations

from collections.abc import Iterator

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import govern
from govern.db import db
from govern.errors import Refused


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
