"""Add the link for remote participants of a meeting"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no meeting has a link yet."""
    op.add_column("meetings", sa.Column("video_link", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("meetings", "video_link")
