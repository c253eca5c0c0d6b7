"""The migrations upward, downward and upward again, with rows in every table.

The long run repeats the tests on PostgreSQL.
"""

import itertools
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Inspector, inspect, text

from govern import schema
from govern.db import db
from govern.errors import Refused
from govern.meetings.states import MeetingState
from tests import make
from tests.cast import Cast
from tests.test_migrations import shape

LATER = pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite", LATER], indirect=True)

REVISIONS = [s.revision for s in ScriptDirectory.from_config(schema.configuration()).walk_revisions()][::-1]


def triggers() -> set[str]:
    """Return the names of the triggers in the database."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return set(connection.scalars(text(names)))


def contents() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that the database has now."""
    with db.engine.connect() as connection:
        inspector: Inspector = inspect(connection)
        keys = {
            table: inspector.get_pk_constraint(table)["constrained_columns"]
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }
        queries = {table: text(f"SELECT * FROM {table} ORDER BY {', '.join(key)}") for table, key in keys.items()}
        return {table: [dict(row) for row in connection.execute(query).mappings()] for table, query in queries.items()}


def test_up_down_up(bare_app: Flask) -> None:
    """All migrations can be reverted and applied again."""
    schema.upgrade()
    with db.engine.connect() as connection:
        first = shape(connection)
    before = triggers()
    schema.downgrade("base")
    with db.engine.connect() as connection:
        assert shape(connection) == {}
    assert triggers() == set()
    schema.upgrade()
    with db.engine.connect() as connection:
        assert shape(connection) == first
    assert triggers() == before


@pytest.mark.long
def test_rows_live_through_each_step(app: Flask, cast: Cast) -> None:
    """A step down and up by one migration, with rows in every table, keeps what both schemas can hold."""
    make.everything(cast)
    db.session.remove()
    for lower, upper in reversed(list(itertools.pairwise(REVISIONS))):
        before = contents()
        assert set(before) == set(db.metadata.tables) or upper != REVISIONS[-1]
        assert all(before.values()), f"tests/make.py::everything leaves {[t for t in before if not before[t]]} empty"
        schema.downgrade(lower)
        between = contents()
        schema.upgrade(upper)
        assert shared(contents(), between) == shared(before, between)
        schema.downgrade(lower)
    schema.downgrade("base")
    assert contents() == {}


IN_THE_WAY = {
    "correction": ("0008", "kind = 'correction', paragraph_id = (SELECT min(id) FROM paragraphs)", "rättelser"),
    "immediate": ("0008", "kind = 'immediate', paragraph_id = (SELECT min(id) FROM paragraphs)", "rättelser"),
    "extract": ("0014", "kind = 'extract'", "utdrag"),
}


@pytest.mark.parametrize("kind", [*IN_THE_WAY, "cancelled"])
def test_what_is_kept_stops_the_way_back(app: Flask, cast: Cast, kind: str) -> None:
    """A downgrade past what older schemas can hold is refused before anything changes; a shorter one succeeds."""
    make.everything(cast)
    if kind == "cancelled":
        row = make.meeting(cast.forum, make.DAY)
        row.state, row.cancelled_at, row.cancel_reason = MeetingState.CANCELLED, make.AT, "Snö"
        since, named = "0014", "inställda"
    else:
        since, values, named = IN_THE_WAY[kind]
        _add_record(values)
    make.commit()
    db.session.remove()
    before, below = contents(), REVISIONS[REVISIONS.index(since) - 1]
    for target in (below, "base"):
        with pytest.raises(Refused, match=named):
            schema.downgrade(target)
        assert contents() == before
        assert schema.current() == REVISIONS[-1]
    schema.downgrade(since)
    schema.upgrade()
    for table in ("protocols", "meetings", "signatures"):
        assert contents()[table] == before[table]


def _add_record(values: str) -> None:
    """Insert a copy of the meeting's sealed protocol with the given column values."""
    table = db.metadata.tables["protocols"]
    given = dict(pair.split(" = ", 1) for pair in values.split(", ", 1))
    columns = [column.name for column in table.columns if column.name != "id"]
    copied = ", ".join(given.get(name, name) for name in columns)
    kept = db.session.scalar(text("SELECT min(id) FROM protocols"))
    db.session.execute(
        text(f"INSERT INTO protocols ({', '.join(columns)}) SELECT {copied} FROM protocols WHERE id = :id"),
        {"id": kept},
    )


def shared(rows: dict[str, list[dict[str, Any]]], known: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the rows without the columns that the other schema lacks."""
    return {
        table: [{name: value for name, value in row.items() if name in known[table][0]} for row in rows[table]]
        for table in known
        if known[table]
    }
