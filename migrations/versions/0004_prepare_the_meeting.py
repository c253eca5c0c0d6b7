"""Add officers' papers, carried items, planned minutes, the papers of a summons, and the text of files"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Create the tables and add the columns."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("state", _states("proposalstate", "draft", "ready"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=True),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("clauses", "matter", "basis", "assessment", "consequences", "recipients")
        ),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'ready') = (ready_at IS NOT NULL)", name=op.f("ck_proposals_ready")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_proposals_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposals_case_id")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_proposals_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    for column in ("author_id", "case_id", "forum_id"):
        op.create_index(op.f(f"ix_proposals_{column}"), "proposals", [column])
    op.create_table(
        "agenda_proposals",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_agenda_proposals_item_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_agenda_proposals_proposal_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_agenda_proposals")),
    )
    op.create_index(op.f("ix_agenda_proposals_proposal_id"), "agenda_proposals", ["proposal_id"])
    op.create_table(
        "file_readings",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", _states("textstate", "waiting", "read", "empty", "unreadable"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_file_readings_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_readings")),
    )
    op.create_table(
        "attachment_texts",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("part > 0", name=op.f("ck_attachment_texts_part")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_attachment_texts_sha256")),
        sa.PrimaryKeyConstraint("sha256", "part", name=op.f("pk_attachment_texts")),
    )
    op.create_table(
        "summons_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summons_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("item_heading", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_summons_papers_sha256")),
        sa.ForeignKeyConstraint(["summons_id"], ["summonses.id"], name=op.f("fk_summons_papers_summons_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summons_papers")),
        sa.UniqueConstraint("summons_id", "position", name=op.f("uq_summons_papers_summons_id_position")),
    )
    op.create_table(
        "summons_packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summons_id", sa.Integer(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("state", _states("packagestate", "waiting", "ready", "failed"), nullable=False),
        sa.Column("summons_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("zip_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=False),
        sa.Column("zip_size", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ready') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)",
            name=op.f("ck_summons_packages_ready"),
        ),
        sa.ForeignKeyConstraint(["summons_id"], ["summonses.id"], name=op.f("fk_summons_packages_summons_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summons_packages")),
        sa.UniqueConstraint("summons_id", "confidential", name=op.f("uq_summons_packages_summons_id_confidential")),
    )
    op.create_table(
        "carried",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN assignment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN paragraph_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN previous_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_carried_one"),
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_carried_assignment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_carried_item_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_carried_meeting_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_carried_paragraph_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["meetings.id"], name=op.f("fk_carried_previous_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_carried")),
        sa.UniqueConstraint("meeting_id", "assignment_id", name=op.f("uq_carried_meeting_id_assignment_id")),
        sa.UniqueConstraint("meeting_id", "paragraph_id", name=op.f("uq_carried_meeting_id_paragraph_id")),
        sa.UniqueConstraint("meeting_id", "previous_id", name=op.f("uq_carried_meeting_id_previous_id")),
    )
    for column in ("assignment_id", "paragraph_id", "previous_id"):
        op.create_index(op.f(f"ix_carried_{column}"), "carried", [column])
    op.add_column("forums", sa.Column("paper_days", sa.Integer(), server_default="7", nullable=False))
    op.add_column("agenda_items", sa.Column("minutes", sa.Integer(), nullable=True))
    for column in ("text", "clauses", "origin"):
        op.add_column("agenda_items", sa.Column(column, sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("agenda_items", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the tables and columns."""
    for column in ("added_at", "origin", "clauses", "text", "minutes"):
        op.drop_column("agenda_items", column)
    op.drop_column("forums", "paper_days")
    for table in (
        "carried",
        "summons_packages",
        "summons_papers",
        "attachment_texts",
        "file_readings",
        "agenda_proposals",
        "proposals",
    ):
        op.drop_table(table)
