"""The search engine of the installation: PostgreSQL's if that is the database, else the embedded one."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import make_url

from govern.db import db
from govern.search import Engine
from govern.search.terms import SWEDISH

if TYPE_CHECKING:
    from flask import Flask

    from govern.config import Settings

_making = Lock()


def init_app(app: Flask) -> None:
    """Store the compiled dictionary beside the application's index."""
    SWEDISH.keep(_folder(app))


def _folder(app: Flask) -> Path:
    settings: Settings = app.config["GOVERN"]
    return settings.data_dir.resolve() / "index"


def engine() -> Engine:
    """Return the current application's search engine, created at the first call."""
    with _making:
        found: Engine | None = current_app.extensions.get("search")
        if found is None:
            found = current_app.extensions["search"] = _made()
    return found


def close(app: Flask) -> None:
    """Drop the engine before the process forks, since each process must open the index itself."""
    app.extensions.pop("search", None)


def _made() -> Engine:
    """Create the engine for the configured database."""
    if make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql":
        from govern.search.postgres.engine import PostgresEngine  # noqa: PLC0415 — loads numpy.

        return PostgresEngine(lambda: db.engine)
    from govern.search.embedded.engine import WhooshEngine  # noqa: PLC0415 — loads Whoosh and numpy.

    return WhooshEngine(_folder(current_app))
