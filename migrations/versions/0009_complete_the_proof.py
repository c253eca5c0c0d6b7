"""Allow a forum's protocols to be signed in any order"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; existing forums keep the fixed order."""
    op.add_column("forums", sa.Column("any_order", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("forums", "any_order")
