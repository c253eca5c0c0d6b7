"""The search engine of an installation: in the server where the rows are in PostgreSQL, else embedded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import make_url

from govern.db import db
from govern.search import Engine
from govern.search.embedded.engine import WhooshEngine
from govern.search.postgres.engine import PostgresEngine
from govern.search.terms import SWEDISH

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Give the application its search engine: in the server where the rows are in PostgreSQL, else embedded."""
    folder = app.config["GOVERN"].data_dir.resolve() / "index"
    if make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql":
        SWEDISH.keep(folder)
        app.extensions["search"] = PostgresEngine(lambda: db.engine)
    else:
        app.extensions["search"] = WhooshEngine(folder)


def engine() -> Engine:
    """Give the current application's search engine."""
    found: Engine = current_app.extensions["search"]
    return found
