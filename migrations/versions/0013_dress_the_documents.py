"""Add the house styles of collaborations and forums"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "house_styles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=True),
        sa.Column("accent", sa.Text(), nullable=True),
        sa.Column("header_text", sa.Text(), nullable=True),
        sa.Column(
            "decision_order",
            sa.Enum("first", "last", name="decisionorder", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("paragraphs_on_own_page", sa.Boolean(), nullable=True),
        sa.Column("contents", sa.Boolean(), nullable=True),
        sa.Column("legend", sa.Boolean(), nullable=True),
        sa.Column("name_columns", sa.Integer(), nullable=True),
        sa.Column("strip", sa.Text(), nullable=True),
        sa.Column("logo", sa.Text(), nullable=True),
        sa.Column("logo_alt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("base_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("name_columns IN (1, 2)", name=op.f("ck_house_styles_name_columns")),
        sa.CheckConstraint("length(accent) = 6", name=op.f("ck_house_styles_accent")),
        sa.CheckConstraint("logo IS NULL OR logo = '' OR logo_alt <> ''", name=op.f("ck_house_styles_logo_alt")),
        sa.ForeignKeyConstraint(
            ["collaboration_id"], ["collaborations.id"], name=op.f("fk_house_styles_collaboration_id")
        ),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_house_styles_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_styles")),
        sa.UniqueConstraint("forum_id", name=op.f("uq_house_styles_forum_id")),
    )
    op.create_index(op.f("ix_house_styles_collaboration_id"), "house_styles", ["collaboration_id"])
    where = sa.text("forum_id IS NULL")
    op.create_index(
        "uq_house_styles_organisation",
        "house_styles",
        ["collaboration_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("house_styles")
