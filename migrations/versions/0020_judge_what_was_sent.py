"""Add since when an item is withheld, and the source of each paper of a summons"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MADE_FROM = {"attachment_id": "attachments", "proposal_id": "proposals"}


def upgrade() -> None:
    """Add the columns; papers sent earlier are identified by their bytes."""
    op.add_column("agenda_items", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("summons_papers") as batch:
        for column, table in MADE_FROM.items():
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_summons_papers_{column}"), table, [column], ["id"])


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("summons_papers") as batch:
        for column in MADE_FROM:
            batch.drop_constraint(op.f(f"fk_summons_papers_{column}"), type_="foreignkey")
            batch.drop_column(column)
    op.drop_column("agenda_items", "withheld_at")
