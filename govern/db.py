"""The database: one session, typed models, named constraints, times in UTC, and transactions for many writers.

**The rule of transactions**, the same on SQLite and PostgreSQL (docs/decisions/0025): a transaction starts by reading
and blocks nobody. Before its first statement that writes it takes the write lock, which one transaction holds at a
time, and keeps it until it ends. If another transaction has committed since it started to read, its checks may no
longer be valid: it raises `Overtaken`, and its caller (the web, the outbox, a command) runs it again from the start,
holding the lock from the first statement. So an operation reads, checks and writes, and what it checked holds.

**A request is one transaction**: an operation ends with `save_changes`, which within a `unit_of_work` (every request
is one) flushes, and leaves the commit to the end of the unit. An exception rolls back the whole unit. Outside one, as
in the outbox, it commits at once.

Slow work (hashing, rendering, reading files, the network) is done without holding the lock: `pause`, work, `lock`,
check again, write, commit.
"""

from __future__ import annotations

import enum
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
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
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry

from govern import write_lock

T = TypeVar("T")

PATIENCE = 20
"""Seconds to wait for the write lock before reporting that nothing can be saved now."""
LOCK = "SELECT pg_advisory_xact_lock(7302)"
VERSION = "SELECT pg_current_snapshot()::text"
"""PostgreSQL's write lock, and a value that changes there whenever a transaction that has written ends."""

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: accepts any aware datetime, returns UTC, and raises on a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert the instant to UTC, which SQLite stores without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Restore the time zone."""
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
    Model = db.Model  # The base of every model; the same class, made by Flask-SQLAlchemy.
    Model.query = None  # Its legacy interface, by which a view or a template could query.


def now() -> datetime:
    """Return the current time. Views and commands call it; operations are given the time."""
    return datetime.now(UTC)


# --- Transactions --------------------------------------------------------------------------------------------


class Overtaken(RuntimeError):
    """Raise before a transaction writes, if another has committed since it started to read. Nothing has changed."""


def lock() -> None:
    """Take the write lock for the session's transaction: what is read from here on holds until the commit.

    Raises:
        Overtaken: if the transaction has already read, and another has committed since.
    """
    _take_lock(db.session.connection())


def lock_anew() -> None:
    """Take the write lock, unless the transaction holds it, and read from here on what others have committed.

    Raises:
        RuntimeError: if something was changed before the lock was taken.
    """
    if write_lock.held() is None:
        pause()
        lock()


def pause() -> None:
    """End the session's transaction before slow work, so that nobody waits for it; rows are reloaded afterwards.

    Raises:
        RuntimeError: if something was changed, since the change would be rolled back.
    """
    if _changed():
        raise RuntimeError("commit before the slow work, or change rows only after it: this would undo what is changed")
    db.session.rollback()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit once, at the end of the block, whatever operations save in it; roll back if the block raises."""
    under_way = _units.open
    _units.open = True
    try:
        yield
        if not under_way and _changed():
            db.session.commit()
    except BaseException:
        if not under_way:
            undo()
        raise
    finally:
        _units.open = under_way


def save_changes() -> None:
    """Flush an operation's changes and expire its rows.

    The commit follows now, or at the end of the current unit of work.
    """
    if not _units.open:
        db.session.commit()
        return
    db.session.flush()
    db.session.expire_all()


def commit_step() -> None:
    """Commit now, even within a unit of work: before slow work, or because the change must stand whatever follows."""
    db.session.commit()


class _Units(threading.local):
    """Whether the thread is in a unit of work."""

    open: bool = False


_units = _Units()


def undo() -> None:
    """Roll back what an operation changed before it was refused, and release the lock."""
    if _changed() or write_lock.held():
        db.session.rollback()


def _changed() -> bool:
    session = db.session()
    return bool(
        not session.is_active  # A flush has failed.
        or session.new
        or session.deleted
        or any(session.is_modified(row) for row in session.dirty)
        or (session.in_transaction() and _state(session.connection()).written)
    )


def in_turn(work: Callable[[], T], *, tries: int = 2, anew: bool = False) -> T:
    """Run something that reads and writes; if it is overtaken, run it again with the lock held from the start.

    Work that has committed a part is not run again, unless that is safe (`anew`).

    Raises:
        Overtaken: if it could not be run again, or each of the `tries` was overtaken.
    """
    committed = write_lock.commits()
    for _ in range(tries - 1):
        try:
            return work()
        except Overtaken:
            db.session.rollback()
            if write_lock.commits() != committed and not anew:
                raise
            lock()
    return work()


@dataclass(slots=True)
class _Transaction:
    """What a connection's transaction has done so far. `version` is the database's version when it first read."""

    read: bool = False
    version: object = None
    locked: bool = False
    written: bool = False


def _state(connection: Connection) -> _Transaction:
    state: _Transaction = connection.info.setdefault(STATE, _Transaction())
    return state


STATE = "govern transaction"
OWN = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA DATA_VERSION", VERSION.upper(), LOCK.upper())
"""Prefixes of the statements that manage the transactions themselves."""
READS = ("SELECT", "PRAGMA", "EXPLAIN", "SHOW", "VALUES", "SET")
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-500")
"""Setup of a SQLite connection. Every thread has one; its cache is small, since the system caches the file too."""


@event.listens_for(Engine, "connect")
def _set_up(connection: Any, _record: Any) -> None:
    """Make SQLite safe for many writers; never wait for a lock without limit."""
    module = type(connection).__module__.partition(".")[0]
    if module == "sqlite3":
        connection.isolation_level = None  # SQLAlchemy issues BEGIN itself, see below.
        for pragma in (*PRAGMAS, f"busy_timeout={PATIENCE * 1000}"):
            connection.execute(f"PRAGMA {pragma}")
    elif module == "psycopg":
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Start by reading. A connection with the execution option `writes` takes the lock at once."""
    connection.info[STATE] = _Transaction()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    if connection.get_execution_options().get("writes", False):
        _take_lock(connection)


@event.listens_for(Engine, "before_cursor_execute")
def _before_statement(
    connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
) -> None:
    """Record the first read, and take the lock before the first write."""
    head = statement.lstrip()[:50].upper()
    if head.startswith(OWN):
        return
    state = _state(connection)
    if not _writes(head, statement, context):
        if not state.read and not state.locked:
            state.version = _version(connection)
        state.read = True
        return
    _take_lock(connection)
    state.written = True


def _writes(head: str, statement: str, context: Any) -> bool:
    """Return whether a statement writes, or locks rows in order to."""
    if head.startswith("WITH"):
        return WRITES.search(statement) is not None
    if not head.startswith(READS):
        return True
    compiled = getattr(context, "compiled", None)
    return getattr(getattr(compiled, "statement", None), "_for_update_arg", None) is not None


@event.listens_for(Engine, "savepoint")
def _before_savepoint(connection: Connection, _name: Any) -> None:
    """Take the lock before a savepoint: its statements are going to write."""
    _take_lock(connection)


@event.listens_for(Engine, "commit")
def _committed(connection: Connection) -> None:
    write_lock.release(connection, committed=True)


@event.listens_for(Engine, "rollback")
def _rolled_back(connection: Connection) -> None:
    write_lock.release(connection, committed=False)


def _take_lock(connection: Connection) -> None:
    """Wait for the write lock and keep it until the transaction ends.

    Raises:
        Overtaken: if the transaction has already read, and another has committed since.
        SecondWriter: if another transaction of this thread holds it.
    """
    state = _state(connection)
    if state.locked:
        return
    write_lock.take(connection)
    try:
        _wait(connection)
    except BaseException:
        write_lock.release(connection, committed=False)
        raise
    state.locked = True
    if state.read and (state.version is None or state.version != _version(connection)):
        raise Overtaken("somebody else has written since this transaction began to read")


def _wait(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(LOCK)
        return
    connection.exec_driver_sql("COMMIT")  # Ends the read; nothing has been written.
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError:
        connection.exec_driver_sql("BEGIN")  # SQLAlchemy still assumes that there is a transaction.
        raise


def _version(connection: Connection) -> object:
    """Return a value that changes when anybody else has committed a change to the database."""
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql("PRAGMA data_version").scalar()
    return connection.exec_driver_sql(VERSION).scalar()


class Watch:
    """Detects commits to the database, on a connection of its own that never writes."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None
        self._connections = 0
        self._statement = ""

    def version(self) -> object:
        """Return a value that changes after every commit, by anyone; None if the database does not answer."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connect()
                # SQLite counts the changes that one connection has seen: another begins anew.
                return self._connections, self._connection.execute(self._statement).fetchone()[0]
            except (DBAPIError, self._engine().dialect.loaded_dbapi.Error):
                self._close()
                return None

    def _connect(self) -> None:
        engine = self._engine()
        pooled = engine.raw_connection()
        pooled.detach()
        self._connection = pooled.dbapi_connection
        self._connections += 1
        if engine.dialect.name != "sqlite":  # SQLite connections already are: see `_set_up`.
            self._connection.autocommit = True
        self._statement = "PRAGMA data_version" if engine.dialect.name == "sqlite" else VERSION
        event.listen(engine, "engine_disposed", lambda _engine: self._close(), once=True)

    def _close(self) -> None:
        """Close the connection; the next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
