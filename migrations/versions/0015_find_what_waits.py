"""Index what is not sealed yet: few rows, however many years of meetings there are"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes."""
    unsealed = sa.text("sealed_at IS NULL")
    op.create_index("ix_meetings_unsealed", "meetings", ["day"], sqlite_where=unsealed, postgresql_where=unsealed)
    op.create_index(op.f("ix_meetings_forum_id"), "meetings", ["forum_id"])


def downgrade() -> None:
    """Drop the indexes."""
    op.drop_index(op.f("ix_meetings_forum_id"), "meetings")
    op.drop_index("ix_meetings_unsealed", "meetings")
