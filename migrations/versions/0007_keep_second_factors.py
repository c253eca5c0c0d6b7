"""Add second factors, who presided at a paragraph, and who signs in an adjuster's place."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade the database."""
    op.create_table(
        "factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("totp", "passkey", name="factorkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'passkey') = (credential IS NOT NULL)", name=op.f("ck_factors_credential")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_factors_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors")),
        sa.UniqueConstraint("credential", name=op.f("uq_factors_credential")),
    )
    op.create_index(op.f("ix_factors_account_id"), "factors", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "passkey_challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenges")),
        sa.UniqueConstraint("value", name=op.f("uq_passkey_challenges_value")),
    )
    op.create_index(op.f("ix_passkey_challenges_at"), "passkey_challenges", ["at"])
    op.add_column("sign_in_sessions", sa.Column("strong_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "presidings",
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_presidings_paragraph_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_presidings_presence_id")),
        sa.PrimaryKeyConstraint("paragraph_id", name=op.f("pk_presidings")),
    )
    op.create_table(
        "signer_substitutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_signer_substitutions_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_signer_substitutions_by_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_signer_substitutions_presence_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name=op.f("fk_signer_substitutions_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer_substitutions")),
    )
    op.create_index(op.f("ix_signer_substitutions_signature_id"), "signer_substitutions", ["signature_id"])
    _keep("signer_substitutions")


def downgrade() -> None:
    """Downgrade the database."""
    _let_go("signer_substitutions")
    for table in ("signer_substitutions", "presidings", "passkey_challenges", "recovery_codes", "factors"):
        op.drop_table(table)
    op.drop_column("sign_in_sessions", "strong_at")


def _keep(table: str) -> None:
    """Reject UPDATE and DELETE in the database itself, as 0002 does for sealed records."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION govern_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION govern_refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def _let_go(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_sealed ON {table}")
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")
