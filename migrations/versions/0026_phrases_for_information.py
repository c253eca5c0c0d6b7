"""Offer no phrase for a decision in information items (code I), which decide nothing"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

phrases = sa.table("phrases", sa.column("id", sa.Integer), sa.column("target", sa.String), sa.column("kinds", sa.JSON))


def upgrade() -> None:
    """Take code I from the phrases for decisions; one that is meant for I alone is left for its forum to change."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(phrases).where(phrases.c.target == "decision")).all():
        kinds = [kind for kind in row.kinds if kind != "I"]
        if kinds and kinds != row.kinds:
            connection.execute(sa.update(phrases).where(phrases.c.id == row.id).values(kinds=kinds))


def downgrade() -> None:
    """Leave the phrases: which of them had code I is not stored."""
