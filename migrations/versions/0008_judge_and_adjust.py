"""Add comments on a passage, adjusters' answers, reminders, refusals, and kinds of sealed records"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ONE_OF = (("uq_protocols_main", "meeting_id", "main"), ("uq_protocols_immediate", "paragraph_id", "immediate"))


IN_THE_WAY = (
    (
        "SELECT count(*) FROM protocols WHERE kind <> 'main'",
        "Databasen kan inte föras dit: den äldre versionen har ingen plats för rättelser och omedelbart justerade"
        " paragrafer, och det som är förseglat tas aldrig bort. Behåll den här versionen, eller återställ en"
        " säkerhetskopia från tiden före dem.",
    ),
)
"""Rows that prevent a downgrade, checked before anything is changed (`govern/schema.py`)."""


def upgrade() -> None:
    """Create the tables and add the columns."""
    op.add_column("reviews", sa.Column("quote", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("reviews", sa.Column("anchor", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("reviews", sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("no_remarks", "comment", name="reading", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verdict <> 'comment' OR text <> ''", name=op.f("ck_adjustments_text")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_adjustments_paragraph_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_adjustments_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
    )
    op.create_index(op.f("ix_adjustments_paragraph_id"), "adjustments", ["paragraph_id"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_reminders_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", "days_left", name=op.f("uq_reminders_meeting_id_person_id_days_left")
        ),
    )
    op.create_index(op.f("ix_reminders_person_id"), "reminders", ["person_id"])
    _let_protocols_have_kinds()
    op.create_table(
        "signing_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_signing_refusals_reason")),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name=op.f("fk_signing_refusals_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_refusals")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_signing_refusals_signature_id")),
    )
    op.add_column("paragraphs", sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER signing_refusals_sealed BEFORE UPDATE OR DELETE ON signing_refusals "
            "FOR EACH ROW EXECUTE FUNCTION govern_refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER signing_refusals_kept BEFORE TRUNCATE ON signing_refusals "
            "FOR EACH STATEMENT EXECUTE FUNCTION govern_refuse_change()"
        )
    else:
        _seal("signing_refusals")


def _let_protocols_have_kinds() -> None:
    """Add the kind of a protocol. SQLite re-creates the table, which drops its triggers: they are created again."""
    kinds = sa.Enum(
        *("main", "immediate", "correction"), name="protocolkind", native_enum=False, create_constraint=True, length=24
    )
    with op.batch_alter_table("protocols") as batch:
        batch.drop_constraint(op.f("uq_protocols_meeting_id"), type_="unique")
        batch.add_column(sa.Column("kind", kinds, server_default=sa.text("'main'"), nullable=False))
        batch.add_column(sa.Column("paragraph_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_protocols_paragraph_id"), "paragraphs", ["paragraph_id"], ["id"])
        batch.create_check_constraint(op.f("ck_protocols_paragraph"), "(kind = 'main') = (paragraph_id IS NULL)")
    op.create_index(op.f("ix_protocols_meeting_id"), "protocols", ["meeting_id"])
    op.create_index(op.f("ix_protocols_paragraph_id"), "protocols", ["paragraph_id"])
    for name, column, kind in ONE_OF:
        where = sa.text(f"kind = '{kind}'")
        op.create_index(name, "protocols", [column], unique=True, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "sqlite":
        _seal("protocols")


def _seal(table: str) -> None:
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def downgrade() -> None:
    """Drop the tables and columns. A meeting with more than one sealed record prevents it: see IN_THE_WAY."""
    op.drop_table("signing_refusals")
    op.drop_column("paragraphs", "sealed_at")
    for name, _, _ in ONE_OF:
        op.drop_index(name, "protocols")
    op.drop_index(op.f("ix_protocols_paragraph_id"), "protocols")
    op.drop_index(op.f("ix_protocols_meeting_id"), "protocols")
    with op.batch_alter_table("protocols") as batch:
        batch.drop_constraint(op.f("fk_protocols_paragraph_id"), type_="foreignkey")
        for name in ("ck_protocols_paragraph", "ck_protocols_protocolkind"):
            batch.drop_constraint(op.f(name), type_="check")
        batch.drop_column("paragraph_id")
        batch.drop_column("kind")
        batch.create_unique_constraint(op.f("uq_protocols_meeting_id"), ["meeting_id"])
    if op.get_bind().dialect.name == "sqlite":
        _seal("protocols")
    op.drop_table("reminders")
    op.drop_table("adjustments")
    op.drop_column("reviews", "resolved_at")
    op.drop_column("reviews", "anchor")
    op.drop_column("reviews", "quote")
