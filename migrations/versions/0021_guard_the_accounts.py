"""Add attempts counted in windows, known browsers, one-time links, and events of an account"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HAPPENINGS = (
    "account_made",
    "link_made",
    "link_ended",
    "password_set",
    "password_changed",
    "factors_reset",
    "factor_added",
    "factor_removed",
    "codes_made",
    "code_used",
    "address_changed",
    "name_changed",
    "administrator_given",
    "administrator_taken",
    "disabled",
    "enabled",
    "sessions_ended",
    "reset_confirmed",
    "new_administrator",
)
ATTEMPTS = "sign_in_attempts"


def upgrade() -> None:
    """Upgrade the database. Of each address's attempts only the latest is kept, as one attempt."""
    op.execute(f"DELETE FROM {ATTEMPTS} WHERE id NOT IN (SELECT max(id) FROM {ATTEMPTS} GROUP BY email)")
    op.drop_index(op.f("ix_sign_in_attempts_email"), ATTEMPTS)
    op.drop_index(op.f("ix_sign_in_attempts_at"), ATTEMPTS)
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.drop_column("address")
        batch.alter_column("email", new_column_name="key")
        batch.alter_column("at", new_column_name="since")
        batch.add_column(sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.alter_column("count", server_default=None)
        batch.create_unique_constraint(op.f("uq_sign_in_attempts_key"), ["key"])
    op.create_index(op.f("ix_sign_in_attempts_since"), ATTEMPTS, ["since"])
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_known_devices_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("digest", name=op.f("uq_known_devices_digest")),
    )
    op.create_index(op.f("ix_known_devices_account_id"), "known_devices", ["account_id"])
    op.create_index(op.f("ix_known_devices_seen_at"), "known_devices", ["seen_at"])
    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("closed", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_one_time_links_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_one_time_links_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_links_digest")),
    )
    op.create_index(op.f("ix_one_time_links_account_id"), "one_time_links", ["account_id"])
    op.create_table(
        "account_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*HAPPENINGS, name="happening", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("mailed_to", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_account_events_confirmed")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_events_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_account_events_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["people.id"], name=op.f("fk_account_events_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
    )
    op.create_index(op.f("ix_account_events_account_id"), "account_events", ["account_id"])


def downgrade() -> None:
    """Downgrade the database."""
    for table in ("account_events", "one_time_links", "known_devices"):
        op.drop_table(table)
    op.drop_index(op.f("ix_sign_in_attempts_since"), ATTEMPTS)
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.drop_constraint(op.f("uq_sign_in_attempts_key"), type_="unique")
        batch.drop_column("count")
        batch.alter_column("key", new_column_name="email")
        batch.alter_column("since", new_column_name="at")
        batch.add_column(sa.Column("address", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.alter_column("address", server_default=None)
    op.create_index(op.f("ix_sign_in_attempts_email"), ATTEMPTS, ["email"])
    op.create_index(op.f("ix_sign_in_attempts_at"), ATTEMPTS, ["at"])
