"""Never give a removed paragraph's or meeting's id to another: the log and links name rows by their ids"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("meetings", "paragraphs")


def upgrade() -> None:
    """Count ids upwards on SQLite, as PostgreSQL does."""
    _create_again(counted=True)


def downgrade() -> None:
    """Take the next free id on SQLite."""
    _create_again(counted=False)


def _create_again(*, counted: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": counted}):
            pass
