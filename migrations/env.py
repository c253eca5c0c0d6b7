"""Run migrations on the current application's database, each in its own transaction."""

from alembic import context

from govern.db import db

with db.engine.execution_options(writes=True).connect() as connection:
    raw = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
    if raw is not None:  # Re-creating a table drops it first: references to its rows must not be checked then.
        raw.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if raw is not None:
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        raw.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"rows refer to what is gone: {broken[:5]}")
