"""Store files to verify outside the database, with the address that they are counted by"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Store the size and address of a file instead of its bytes. Waiting files have to be uploaded again."""
    with op.batch_alter_table("verifications") as table:
        table.add_column(sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("address", sa.Text(), nullable=False, server_default=""))
        table.drop_column("data")
    with op.batch_alter_table("verifications") as table:
        table.alter_column("size", server_default=None)
        table.alter_column("address", server_default=None)


def downgrade() -> None:
    """Add the column for the bytes again."""
    with op.batch_alter_table("verifications") as table:
        table.add_column(sa.Column("data", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
        table.drop_column("address")
        table.drop_column("size")
    with op.batch_alter_table("verifications") as table:
        table.alter_column("data", server_default=None)
