"""Protect the evidence of a signature, and add jobs for remote signing and the sealed head of the log."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

GIVEN = "OLD.signed_at IS NOT NULL"
LASTING = ("id", "person_id", "serial", "pem", "encrypted_key", "issued_at", "expires_at")


def upgrade() -> None:
    """Add the tables and columns, and reject changes to the evidence."""
    op.add_column("protocol_files", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signatures", sa.Column("digest", sa.Text(), nullable=True))
    op.create_index("ix_signatures_digest", "signatures", ["digest"])
    op.create_table(
        "signing_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signed_attributes", sa.LargeBinary(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("prepared", sa.LargeBinary(), nullable=False),
        sa.Column("document_digest", sa.LargeBinary(), nullable=False),
        sa.Column("region_start", sa.Integer(), nullable=False),
        sa.Column("region_end", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name="fk_signing_jobs_signature_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signing_jobs"),
        sa.UniqueConstraint("token", name="uq_signing_jobs_token"),
    )
    op.create_index("ix_signing_jobs_signature_id", "signing_jobs", ["signature_id"])
    op.create_table(
        "verifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.UniqueConstraint("token", name="uq_verifications_token"),
    )
    op.create_index("ix_verifications_asked_at", "verifications", ["asked_at"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in LASTING)
        for table, verb, name, when in (
            ("signatures", "UPDATE", "given", GIVEN),
            ("signatures", "DELETE", "undeleted", GIVEN),
            ("certificates", "UPDATE", "lasting", f"{changed} OR OLD.revoked_at IS NOT NULL"),
            ("certificates", "DELETE", "undeleted", "TRUE"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) "
                "EXECUTE FUNCTION govern_refuse_change()"
            )
        for table in ("signatures", "certificates"):
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION govern_refuse_change()"
            )
    else:
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in LASTING)
        for table, verb, name, when in (
            ("signatures", "UPDATE", "given", GIVEN),
            ("signatures", "DELETE", "undeleted", GIVEN),
            ("certificates", "UPDATE", "lasting", f"{changed} OR OLD.revoked_at IS NOT NULL"),
            ("certificates", "DELETE", "undeleted", "1"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )


def downgrade() -> None:
    """Drop the tables, columns and triggers."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, name in (
        ("signatures", "given"),
        ("signatures", "undeleted"),
        ("certificates", "lasting"),
        ("certificates", "undeleted"),
    ):
        op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgres else ""))
    if postgres:
        op.execute("DROP TRIGGER signatures_kept ON signatures")
        op.execute("DROP TRIGGER certificates_kept ON certificates")
    op.drop_table("audit_head")
    op.drop_table("verifications")
    op.drop_table("signing_jobs")
    op.drop_index("ix_signatures_digest", "signatures")
    op.drop_column("signatures", "digest")
    op.drop_column("protocol_files", "archived_at")
