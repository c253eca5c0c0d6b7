"""Add an installation's own abbreviations. The search index creates its own tables when it is built"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "abbreviations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("long", sa.Text(), nullable=False),
        sa.CheckConstraint("short <> ''", name=op.f("ck_abbreviations_short")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abbreviations")),
        sa.UniqueConstraint("short", name=op.f("uq_abbreviations_short")),
    )


def downgrade() -> None:
    """Drop the table and the index."""
    op.drop_table("abbreviations")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA IF EXISTS search CASCADE")
