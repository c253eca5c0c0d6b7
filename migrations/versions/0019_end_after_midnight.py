"""Allow a meeting to end the day after it began"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. A meeting that began in the afternoon and ended before noon ended the day after."""
    op.add_column("meetings", sa.Column("ends_next_day", sa.Boolean(), server_default=sa.false(), nullable=False))
    meetings = sa.table(
        "meetings",
        *(sa.column(name, sa.Time()) for name in ("starts", "ends")),
        sa.column("ends_next_day", sa.Boolean()),
    )
    noon = sa.text("'12:00:00'") if op.get_bind().dialect.name == "sqlite" else sa.text("TIME '12:00'")
    late = sa.and_(meetings.c.starts >= noon, meetings.c.ends < noon)
    op.execute(meetings.update().where(late).values(ends_next_day=sa.true()))


def downgrade() -> None:
    """Drop the column; the times are kept."""
    op.drop_column("meetings", "ends_next_day")
