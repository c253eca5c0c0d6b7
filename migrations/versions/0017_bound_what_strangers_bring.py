"""Bound what strangers bring: a file to verify lies beside the database, and is counted by its address"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep size and address of what is brought in place of its bytes. What waits is told to be brought again."""
    with op.batch_alter_table("verifications") as table:
        table.add_column(sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("address", sa.Text(), nullable=False, server_default=""))
        table.drop_column("data")
    with op.batch_alter_table("verifications") as table:
        table.alter_column("size", server_default=None)
        table.alter_column("address", server_default=None)


def downgrade() -> None:
    """Give the bytes their room again."""
    with op.batch_alter_table("verifications") as table:
        table.add_column(sa.Column("data", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
        table.drop_column("address")
        table.drop_column("size")
    with op.batch_alter_table("verifications") as table:
        table.alter_column("data", server_default=None)
