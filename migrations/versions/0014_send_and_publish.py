"""Add extracts as sealed records, letters stored as sent, invitations, public copies, and binders of a meeting"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("main", "immediate", "correction")
ROLES = ("secretary", "chair", "adjuster")
STATES = ("planned", "called", "open", "closed", "sealed")
LASTING = ("id", "recipient", "subject", "message", "sha256", "made_at")
ONE_OF = (("uq_protocols_main", "meeting_id", "main"), ("uq_protocols_immediate", "paragraph_id", "immediate"))


IN_THE_WAY = (
    (
        "SELECT count(*) FROM protocols WHERE kind = 'extract'",
        "Databasen kan inte föras dit: den äldre versionen har ingen plats för protokollsutdrag, och det som är"
        " förseglat tas aldrig bort. Behåll den här versionen, eller återställ en säkerhetskopia från tiden före utdragen.",
    ),
    (
        "SELECT count(*) FROM meetings WHERE state = 'cancelled'",
        "Databasen kan inte föras dit: den äldre versionen har ingen plats för inställda möten. Behåll den här"
        " versionen, eller återställ en säkerhetskopia från tiden före det första inställda mötet.",
    ),
)
"""Rows that prevent a downgrade, checked before anything is changed (`govern/schema.py`)."""


def upgrade() -> None:
    """Create the tables, and add a kind of protocol, a role of signer and a state of meeting."""
    _protocols((*KINDS, "extract"), "(kind IN ('main', 'extract')) = (paragraph_id IS NULL)")
    _signatures((*ROLES, "certifier"))
    _meetings()
    op.add_column("parties", sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sent", "failed", name="letterstate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letters_sent")),
        sa.CheckConstraint("state <> 'failed' OR error <> ''", name=op.f("ck_letters_failed")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_letters_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_table(
        "invitation_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("request", "cancel", name="invitationmethod", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_invitation_letters_letter_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_invitation_letters_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitation_letters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_letters")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_invitation_letters_letter_id")),
    )
    op.create_index(op.f("ix_invitation_letters_meeting_id"), "invitation_letters", ["meeting_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_invitations_sequence")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_invitations_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("uid", name=op.f("uq_invitations_uid")),
    )
    op.create_table(
        "dispatches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("extract_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("by_hand_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recipient <> ''", name=op.f("ck_dispatches_recipient")),
        sa.CheckConstraint("letter_id IS NOT NULL OR by_hand_at IS NOT NULL", name=op.f("ck_dispatches_way")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_dispatches_by_id")),
        sa.ForeignKeyConstraint(["extract_id"], ["protocols.id"], name=op.f("fk_dispatches_extract_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_dispatches_letter_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_dispatches_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_dispatches_letter_id")),
    )
    op.create_index(op.f("ix_dispatches_protocol_id"), "dispatches", ["protocol_id"], unique=False)
    op.create_table(
        "meeting_binders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("has_secrets", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "ready", "failed", name="packagestate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("zip_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=False),
        sa.Column("zip_size", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ready') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)",
            name=op.f("ck_meeting_binders_ready"),
        ),
        sa.CheckConstraint("done <= total", name=op.f("ck_meeting_binders_done")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_meeting_binders_asked_by_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_meeting_binders_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_binders")),
    )
    op.create_index(op.f("ix_meeting_binders_protocol_id"), "meeting_binders", ["protocol_id"], unique=False)
    op.create_table(
        "public_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("unpublished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpublished_by_id", sa.Integer(), nullable=True),
        sa.Column("unpublish_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("docx", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "unpublished_at IS NULL OR (published_at IS NOT NULL AND unpublished_by_id IS NOT NULL AND unpublish_reason <> '')",
            name=op.f("ck_public_copies_unpublished"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_public_copies_confirmed")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (pdf IS NULL) AND (published_at IS NULL) = (docx IS NULL) AND (published_at IS NULL) = (record IS NULL)",
            name=op.f("ck_public_copies_files"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)", name=op.f("ck_public_copies_published_by")
        ),
        sa.CheckConstraint("published_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_public_copies_published")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["people.id"], name=op.f("fk_public_copies_confirmed_by_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["people.id"], name=op.f("fk_public_copies_prepared_by_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_public_copies_protocol_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name=op.f("fk_public_copies_published_by_id")),
        sa.ForeignKeyConstraint(["unpublished_by_id"], ["people.id"], name=op.f("fk_public_copies_unpublished_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_copies")),
    )
    op.create_index(op.f("ix_public_copies_protocol_id"), "public_copies", ["protocol_id"], unique=False)
    op.create_index(op.f("ix_public_copies_published_at"), "public_copies", ["published_at"], unique=False)
    op.create_index(
        "uq_public_copies_live",
        "public_copies",
        ["protocol_id"],
        unique=True,
        sqlite_where=sa.text("unpublished_at IS NULL"),
        postgresql_where=sa.text("unpublished_at IS NULL"),
    )
    op.create_table(
        "mask_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "email",
                "phone",
                "address",
                "name",
                "perhaps",
                "marked",
                name="maskkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("stop > start", name=op.f("ck_mask_spans_stop")),
        sa.ForeignKeyConstraint(["copy_id"], ["public_copies.id"], name=op.f("fk_mask_spans_copy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask_spans")),
        sa.UniqueConstraint("copy_id", "place", "start", "stop", name=op.f("uq_mask_spans_copy_id_place_start_stop")),
    )
    op.create_index(op.f("ix_mask_spans_copy_id"), "mask_spans", ["copy_id"], unique=False)
    _lock_letters()


def downgrade() -> None:
    """Drop the tables. An extract or a meeting called off prevents it: see IN_THE_WAY."""
    op.drop_index(op.f("ix_mask_spans_copy_id"), table_name="mask_spans")
    op.drop_table("mask_spans")
    op.drop_index(
        "uq_public_copies_live",
        table_name="public_copies",
        sqlite_where=sa.text("unpublished_at IS NULL"),
        postgresql_where=sa.text("unpublished_at IS NULL"),
    )
    op.drop_index(op.f("ix_public_copies_published_at"), table_name="public_copies")
    op.drop_index(op.f("ix_public_copies_protocol_id"), table_name="public_copies")
    op.drop_table("public_copies")
    op.drop_index(op.f("ix_meeting_binders_protocol_id"), table_name="meeting_binders")
    op.drop_table("meeting_binders")
    op.drop_index(op.f("ix_dispatches_protocol_id"), table_name="dispatches")
    op.drop_table("dispatches")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_invitation_letters_meeting_id"), table_name="invitation_letters")
    op.drop_table("invitation_letters")
    op.drop_table("letters")
    op.drop_column("parties", "email")
    with op.batch_alter_table("meetings") as batch:
        for name in ("opened", "cancelled", "cancel_reason", "meetingstate"):
            batch.drop_constraint(op.f(f"ck_meetings_{name}"), type_="check")
        batch.create_check_constraint(
            op.f("ck_meetings_opened"), "state = 'planned' OR state = 'called' OR opened_at IS NOT NULL"
        )
        batch.create_check_constraint(op.f("ck_meetings_meetingstate"), _one_of("state", STATES))
        batch.drop_column("cancel_reason")
        batch.drop_column("cancelled_at")
    _signatures(ROLES)
    _protocols(KINDS, "(kind = 'main') = (paragraph_id IS NULL)")


def _lock_letters() -> None:
    """Protect letters: only the delivery status of a letter can change."""
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in LASTING)
        for verb, name, when in (("UPDATE", "lasting", changed), ("DELETE", "undeleted", "TRUE")):
            op.execute(
                f"CREATE TRIGGER letters_{name} BEFORE {verb} ON letters FOR EACH ROW WHEN ({when}) "
                "EXECUTE FUNCTION govern_refuse_change()"
            )
    else:
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in LASTING)
        _trigger("letters", "lasting", "update", f"WHEN {changed} ")
        _trigger("letters", "undeleted", "delete")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _protocols(kinds: tuple[str, ...], paragraph: str) -> None:
    """Change the constraints. SQLite re-creates the table, which drops its triggers: they are created again."""
    for name, _, _ in ONE_OF:
        op.drop_index(name, "protocols")
    with op.batch_alter_table("protocols") as batch:
        for name in ("paragraph", "protocolkind"):
            batch.drop_constraint(op.f(f"ck_protocols_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_protocols_paragraph"), paragraph)
        batch.create_check_constraint(op.f("ck_protocols_protocolkind"), _one_of("kind", kinds))
    for name, column, kind in ONE_OF:
        where = sa.text(f"kind = '{kind}'")
        op.create_index(name, "protocols", [column], unique=True, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            _trigger("protocols", f"no_{verb}", verb)


def _signatures(roles: tuple[str, ...]) -> None:
    with op.batch_alter_table("signatures") as batch:
        batch.drop_constraint(op.f("ck_signatures_signerrole"), type_="check")
        batch.create_check_constraint(op.f("ck_signatures_signerrole"), _one_of("role", roles))
    if op.get_bind().dialect.name == "sqlite":
        for name, verb in (("given", "update"), ("undeleted", "delete")):
            _trigger("signatures", name, verb, "WHEN OLD.signed_at IS NOT NULL ")


def _trigger(table: str, name: str, verb: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb.upper()} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
    )


def _meetings() -> None:
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("cancel_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
        for name in ("opened", "meetingstate"):
            batch.drop_constraint(op.f(f"ck_meetings_{name}"), type_="check")
        for name, rule in (
            ("opened", "state IN ('planned', 'called', 'cancelled') OR opened_at IS NOT NULL"),
            ("cancelled", "(state = 'cancelled') = (cancelled_at IS NOT NULL)"),
            ("cancel_reason", "state <> 'cancelled' OR cancel_reason <> ''"),
            ("meetingstate", _one_of("state", (*STATES, "cancelled"))),
        ):
            batch.create_check_constraint(op.f(f"ck_meetings_{name}"), rule)
