"""Add lanes to the outbox: the owner of a lease, when an entry was set aside, and each lane's last sign of life"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WAITS = sa.text("done_at IS NULL AND set_aside_at IS NULL")
ASIDE = sa.text("set_aside_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns, the table, and indexes of unfinished entries only."""
    op.add_column("outbox", sa.Column("leased_by", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_outbox_due_at"), "outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["topic", "due_at"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_outbox_set_aside", "outbox", ["set_aside_at"], sqlite_where=ASIDE, postgresql_where=ASIDE)
    op.create_table(
        "outbox_beats",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("lane", "owner", name=op.f("pk_outbox_beats")),
    )


def downgrade() -> None:
    """Drop them; entries that were set aside wait again."""
    op.drop_table("outbox_beats")
    op.drop_index("ix_outbox_set_aside", "outbox")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.create_index(op.f("ix_outbox_due_at"), "outbox", ["due_at"])
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("set_aside_at")
        batch.drop_column("leased_by")
