"""Let a notice that was posted by mistake be withdrawn, and the protocol be posted anew"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IN_THE_WAY = (
    (
        "SELECT count(*) FROM notices WHERE withdrawn_at IS NOT NULL",
        "Databasen kan inte föras dit: den äldre versionen har ingen plats för återkallade anslag. Behåll den här"
        " versionen, eller återställ en säkerhetskopia från tiden före det första.",
    ),
)
"""Rows that prevent a downgrade, checked before anything is changed (`govern/schema.py`)."""

NAMES = ("withdrawn_at", "withdrawn_by_id", "withdrawn_reason")
LIVE = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    """Add who withdrew it, when and why; a protocol has one notice that is not withdrawn."""
    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("withdrawn_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch.create_foreign_key(op.f("fk_notices_withdrawn_by_id"), "people", ["withdrawn_by_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_notices_withdrawn"),
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
        )
        batch.create_check_constraint(op.f("ck_notices_withdrawn_down"), "withdrawn_at IS NULL OR down_at IS NOT NULL")
        batch.drop_constraint(op.f("uq_notices_protocol_id"), type_="unique")
    op.create_index(
        "uq_notices_live", "notices", ["protocol_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def downgrade() -> None:
    """Drop the columns. A notice that has been withdrawn prevents it: see IN_THE_WAY."""
    op.drop_index("uq_notices_live", table_name="notices", sqlite_where=LIVE, postgresql_where=LIVE)
    with op.batch_alter_table("notices") as batch:
        batch.drop_constraint(op.f("ck_notices_withdrawn_down"), type_="check")
        batch.drop_constraint(op.f("ck_notices_withdrawn"), type_="check")
        batch.drop_constraint(op.f("fk_notices_withdrawn_by_id"), type_="foreignkey")
        for name in NAMES:
            batch.drop_column(name)
        batch.create_unique_constraint(op.f("uq_notices_protocol_id"), ["protocol_id"])
