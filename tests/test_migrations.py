"""The migrations make the tables that the models describe and protect the rows that must never change."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, Inspector, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from govern import schema
from govern.db import db
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("each_database")

SEALED = (
    "protocols",
    "protocol_files",
    "signing_refusals",
    "audit",
    "signatures",
    "certificates",
    "signer_substitutions",
    "notice_proofs",
    "letters",
)


def shape(connection: Connection) -> dict[str, Any]:
    """Return everything that the database knows about its tables."""
    inspector: Inspector = inspect(connection)

    def columns(table: str) -> list[tuple[str, str, bool]]:
        return sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table))

    return {
        table: {
            "columns": columns(table),
            "checks": sorted((c["name"], _plain(c["sqltext"])) for c in inspector.get_check_constraints(table)),
            "unique": sorted((c["name"], c["column_names"]) for c in inspector.get_unique_constraints(table)),
            "indexes": sorted((i["name"], i["column_names"], i["unique"]) for i in inspector.get_indexes(table)),
            "foreign": sorted(
                (k["name"], k["constrained_columns"], k["referred_table"], k["options"])
                for k in inspector.get_foreign_keys(table)
            ),
            "primary": inspector.get_pk_constraint(table),
        }
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    }


def _plain(sql: str) -> str:
    return " ".join(sql.split())


def test_migrations_equal_models(app: Flask) -> None:
    """Alembic finds no difference between the migrations and the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_constraints_equal_models(bare_app: Flask) -> None:
    """A migrated database equals one created from the models, including checks, which Alembic does not compare."""
    schema.upgrade()
    with db.engine.connect() as connection:
        migrated = shape(connection)
    schema.downgrade("base")
    db.create_all()
    with db.engine.connect() as connection:
        assert migrated == shape(connection)
    assert any(table["checks"] for table in migrated.values())


@pytest.mark.parametrize("table", SEALED)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_the_database_refuses_change(app: Flask, cast: Cast, table: str, statement: str) -> None:
    """The database itself refuses to change or delete sealed rows and audit entries."""
    make.everything(cast)
    rows = select(func.count()).select_from(db.metadata.tables[table])
    before = db.session.scalar(rows)
    assert before
    db.session.rollback()
    with pytest.raises(DBAPIError, match="never changed"):
        db.session.execute(text(statement.format(table)))
    db.session.rollback()
    assert db.session.scalar(rows) == before
