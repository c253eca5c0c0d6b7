"""Add notices, the boards they are posted on, and the proofs of their posting"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; a proof can never be changed."""
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("adjusted_on", sa.Date(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("down_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kept_at <> ''", name=op.f("ck_notices_kept_at")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_notices_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("protocol_id", name=op.f("uq_notices_protocol_id")),
    )
    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(posted_on IS NULL) = (posted_by_id IS NULL)", name=op.f("ck_postings_posted")),
        sa.CheckConstraint("(removed_on IS NULL) = (removed_by_id IS NULL)", name=op.f("ck_postings_removed")),
        sa.CheckConstraint("removed_on IS NULL OR removed_on > posted_on", name=op.f("ck_postings_stood")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_postings_notice_id")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["people.id"], name=op.f("fk_postings_posted_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["people.id"], name=op.f("fk_postings_removed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint("notice_id", "position", name=op.f("uq_postings_notice_id_position")),
    )
    op.create_table(
        "notice_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("docx", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_notice_proofs_sha256")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_proofs_notice_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_notice_proofs_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_proofs")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_proofs_notice_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER notice_proofs_sealed BEFORE UPDATE OR DELETE ON notice_proofs "
            "FOR EACH ROW EXECUTE FUNCTION govern_refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER notice_proofs_kept BEFORE TRUNCATE ON notice_proofs "
            "FOR EACH STATEMENT EXECUTE FUNCTION govern_refuse_change()"
        )
    else:
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER notice_proofs_no_{verb} BEFORE {verb.upper()} ON notice_proofs "
                "BEGIN SELECT RAISE(ABORT, 'rows of notice_proofs are never changed'); END"
            )


def downgrade() -> None:
    """Drop the tables and triggers."""
    op.drop_table("notice_proofs")
    op.drop_table("postings")
    op.drop_table("notices")
