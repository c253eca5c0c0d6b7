"""The database: one session, typed models, named constraints, times in UTC, and SQLite made safe for many writers."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Engine,
    Enum,
    LargeBinary,
    MetaData,
    Text,
    Time,
    TypeDecorator,
    event,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, registry

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Goes in as any aware datetime, comes back in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the instant into UTC, which SQLite keeps without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


STORED_ENUM = Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=True,
    length=24,
    values_callable=lambda members: [member.value for member in members],
)


class Base(DeclarativeBase):
    """The base of every model: Python types map to columns, constraints get stable names."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    registry = registry(
        type_annotation_map={
            str: Text,
            bytes: LargeBinary,
            datetime: UTCDateTime,
            date: Date,
            time: Time,
            dict[str, Any]: JSON,
            list[Any]: JSON,
            list[str]: JSON,
            enum.Enum: STORED_ENUM,
        },
        metadata=metadata,
    )
    __abstract__ = True


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model  # What every model inherits; the same class, made by Flask-SQLAlchemy.


@contextmanager
def reading() -> Iterator[None]:
    """Only read meanwhile, so that nobody waits to write. What was open is undone, and so is what is written within."""
    db.session.rollback()
    db.session.connection(execution_options={"reading": True})
    try:
        yield
    finally:
        db.session.rollback()


def now() -> datetime:
    """Read the clock; views and commands do, operations are told."""
    return datetime.now(UTC)


@event.listens_for(Engine, "connect")
def _make_sqlite_safe(connection: Any, _record: Any) -> None:
    if type(connection).__module__.partition(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see below.
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    """Take SQLite's write lock at once when a write may follow, or two writers would meet at commit.

    A connection with the execution option `reading` promises that none does.
    """
    if connection.dialect.name != "sqlite":
        return
    reading = has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
    reading = reading or connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
