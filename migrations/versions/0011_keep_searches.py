"""Add decisions that replace or change earlier ones, saved searches, and the matches sent to their owners"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "supersessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum("replaces", "amends", name="relation", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("paragraph_id <> earlier_id", name=op.f("ck_supersessions_another")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_supersessions_by_id")),
        sa.ForeignKeyConstraint(["earlier_id"], ["paragraphs.id"], name=op.f("fk_supersessions_earlier_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_supersessions_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supersessions")),
        sa.UniqueConstraint("paragraph_id", "earlier_id", name=op.f("uq_supersessions_paragraph_id_earlier_id")),
    )
    op.create_index(op.f("ix_supersessions_earlier_id"), "supersessions", ["earlier_id"])
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column(
            "telling",
            sa.Enum("never", "daily", "at_once", name="telling", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("told_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("feed_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_searches_name")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(op.f("ix_saved_searches_person_id"), "saved_searches", ["person_id"])
    op.create_table(
        "search_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_search_news_paragraph_id")),
        sa.ForeignKeyConstraint(
            ["saved_id"], ["saved_searches.id"], name=op.f("fk_search_news_saved_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_news")),
        sa.UniqueConstraint("saved_id", "paragraph_id", name=op.f("uq_search_news_saved_id_paragraph_id")),
    )
    op.create_index(op.f("ix_search_news_paragraph_id"), "search_news", ["paragraph_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("search_news", "saved_searches", "supersessions"):
        op.drop_table(table)
