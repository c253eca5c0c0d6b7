"""Create the tables from the forum to the signed protocol"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade the database."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_target"), ["target"], unique=False)

    op.create_table(
        "collaborations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org_number", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaborations")),
        sa.UniqueConstraint("name", name=op.f("uq_collaborations_name")),
        sa.UniqueConstraint("org_number", name=op.f("uq_collaborations_org_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_collaborations_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_done_at"), ["done_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_due_at"), ["due_at"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_name"), ["name"], unique=False)

    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_email"), ["email"], unique=False)

    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_files_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_stored_files_size")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_files")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_accounts_email")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notice_months", sa.Integer(), nullable=False),
        sa.Column("review_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= in_force_from", name=op.f("ck_agreements_ends")),
        sa.CheckConstraint("notice_months >= 0", name=op.f("ck_agreements_notice")),
        sa.CheckConstraint("review_months > 0", name=op.f("ck_agreements_review")),
        sa.ForeignKeyConstraint(
            ["collaboration_id"], ["collaborations.id"], name=op.f("fk_agreements_collaboration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_collaboration_id"), ["collaboration_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("normalised", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["collaboration_id"], ["collaborations.id"], name=op.f("fk_cases_collaboration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("collaboration_id", "normalised", name=op.f("uq_cases_collaboration_id_normalised")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_normalised"), ["normalised"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("encrypted_key", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificates_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificates_serial")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_person_id"), ["person_id"], unique=False)

    op.create_table(
        "forums",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "visionary",
                "strategic",
                "strategic_tactical",
                "tactical_operational",
                "operational",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "steering_group",
                "programme_management",
                "working_group",
                "project",
                "committee",
                "board",
                "council",
                "subcommittee",
                "assembly",
                "reference_group",
                name="forumkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "regime",
            sa.Enum(
                "kl_assembly",
                "kl_board",
                "joint_board",
                "association",
                "agreement",
                name="regime",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.Column(
            "numbering",
            sa.Enum(
                "continuous",
                "yearly",
                "meeting",
                name="numbering",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("adjust_days", sa.Integer(), nullable=False),
        sa.Column("adjusters", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("adjust_days > 0", name=op.f("ck_forums_adjust_days")),
        sa.CheckConstraint("adjusters >= 0", name=op.f("ck_forums_adjusters")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_forums_parent")),
        sa.ForeignKeyConstraint(["collaboration_id"], ["collaborations.id"], name=op.f("fk_forums_collaboration_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["forums.id"], name=op.f("fk_forums_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forums")),
        sa.UniqueConstraint("collaboration_id", "name", name=op.f("uq_forums_collaboration_id_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_forums_slug")),
    )
    with op.batch_alter_table("forums", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forums_collaboration_id"), ["collaboration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forums_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("org_number", sa.Text(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("host", sa.Boolean(), nullable=False),
        sa.CheckConstraint("population >= 0", name=op.f("ck_parties_population")),
        sa.ForeignKeyConstraint(["collaboration_id"], ["collaborations.id"], name=op.f("fk_parties_collaboration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("collaboration_id", "name", name=op.f("uq_parties_collaboration_id_name")),
        sa.UniqueConstraint("collaboration_id", "org_number", name=op.f("uq_parties_collaboration_id_org_number")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_attachments_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_attachments_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ordinary",
                "extra",
                "per_capsulam",
                name="meetingkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "on_site", "remote", "hybrid", name="meetingmode", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "called",
                "open",
                "closed",
                "sealed",
                name="meetingstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'called' OR called_at IS NOT NULL", name=op.f("ck_meetings_called")),
        sa.CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name=op.f("ck_meetings_sealed")),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'called' OR opened_at IS NOT NULL", name=op.f("ck_meetings_opened")
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'sealed') OR closed_at IS NOT NULL", name=op.f("ck_meetings_closed")
        ),
        sa.ForeignKeyConstraint(["chair_id"], ["people.id"], name=op.f("fk_meetings_chair_id")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_meetings_forum_id")),
        sa.ForeignKeyConstraint(["secretary_id"], ["people.id"], name=op.f("fk_meetings_secretary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_day"), ["day"], unique=False)

    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_number > 0", name=op.f("ck_series_next_number")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_series_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("forum_id", "scope", name=op.f("uq_series_forum_id_scope")),
    )
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token", name=op.f("uq_sign_in_sessions_token")),
    )
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_account_id"), ["account_id"], unique=False)

    op.create_table(
        "standing_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "B", "I", "P", "R", "U", name="paragraphkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("closing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_standing_items_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_items")),
    )
    with op.batch_alter_table("standing_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_items_forum_id"), ["forum_id"], unique=False)

    op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_terms_ends")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_terms_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("forum_id", "name", name=op.f("uq_terms_forum_id_name")),
    )
    op.create_table(
        "accepted_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_accepted_warnings_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_accepted_warnings_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_accepted_warnings_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_warnings")),
        sa.UniqueConstraint("meeting_id", "finding", name=op.f("uq_accepted_warnings_meeting_id_finding")),
    )
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "B", "I", "P", "R", "U", name="paragraphkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agenda_items_case_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_items_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
    )
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_items_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_items_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "protocols",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("docx", sa.LargeBinary(), nullable=False),
        sa.Column("has_secrets", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_protocols_sha256")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_protocols_meeting_id")),
        sa.ForeignKeyConstraint(["sealed_by_id"], ["people.id"], name=op.f("fk_protocols_sealed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_protocols_meeting_id")),
    )
    with op.batch_alter_table("protocols", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_protocols_sha256"), ["sha256"], unique=False)

    op.create_table(
        "seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "vice_chair",
                "member",
                "substitute",
                "secretary",
                "co_opted",
                "convener",
                "project_lead",
                name="seatrole",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("political_party", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_seats_ends")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_seats_forum_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_seats_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"], name=op.f("fk_seats_term_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
    )
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seats_forum_id"), ["forum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seats_person_id"), ["person_id"], unique=False)

    op.create_table(
        "summonses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_summonses_meeting_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_summonses_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summonses")),
    )
    with op.batch_alter_table("summonses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_summonses_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "agenda_papers",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=op.f("fk_agenda_papers_attachment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_agenda_papers_item_id")),
        sa.PrimaryKeyConstraint("item_id", "attachment_id", name=op.f("pk_agenda_papers")),
    )
    op.create_table(
        "paragraphs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "B", "I", "P", "R", "U", name="paragraphkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("confidential", sa.Text(), nullable=True),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "ready",
                "returned",
                "approved",
                name="paragraphstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name=op.f("ck_paragraphs_approved"),
        ),
        sa.CheckConstraint("state <> 'ready' OR ready_at IS NOT NULL", name=op.f("ck_paragraphs_ready")),
        sa.CheckConstraint("number > 0", name=op.f("ck_paragraphs_number")),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_items.id"], name=op.f("fk_paragraphs_agenda_item_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_paragraphs_approved_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_paragraphs_case_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_paragraphs_meeting_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["people.id"], name=op.f("fk_paragraphs_opened_by_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_paragraphs_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraphs")),
        sa.UniqueConstraint("agenda_item_id", name=op.f("uq_paragraphs_agenda_item_id")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_paragraphs_series_id_number")),
    )
    with op.batch_alter_table("paragraphs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paragraphs_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paragraphs_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "vice_chair",
                "member",
                "substitute",
                "secretary",
                "co_opted",
                "convener",
                "project_lead",
                name="seatrole",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("political_party", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("serving_for_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("serving_for_id IS NULL OR role = 'substitute'", name=op.f("ck_presences_serving_role")),
        sa.CheckConstraint("serving_for_id IS NULL OR serving_for_id <> id", name=op.f("ck_presences_serving_for")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_presences_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presences_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_presences_seat_id")),
        sa.ForeignKeyConstraint(["serving_for_id"], ["presences.id"], name=op.f("fk_presences_serving_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_presences_meeting_id_person_id")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presences_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_presences_person_id"), ["person_id"], unique=False)

    op.create_table(
        "protocol_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_protocol_files_sha256")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_protocol_files_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_files")),
        sa.UniqueConstraint("protocol_id", "revision", name=op.f("uq_protocol_files_protocol_id_revision")),
    )
    with op.batch_alter_table("protocol_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_protocol_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "adjusters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_adjusters_meeting_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_adjusters_presence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjusters")),
        sa.UniqueConstraint("meeting_id", "presence_id", name=op.f("uq_adjusters_meeting_id_presence_id")),
    )
    with op.batch_alter_table("adjusters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjusters_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("addendum", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("assignee_person_id", sa.Integer(), nullable=True),
        sa.Column("assignee_forum_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("report_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_forum_id"], ["forums.id"], name=op.f("fk_assignments_assignee_forum_id")),
        sa.ForeignKeyConstraint(["assignee_person_id"], ["people.id"], name=op.f("fk_assignments_assignee_person_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_assignments_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_assignments_paragraph_id_position")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_assignee_forum_id"), ["assignee_forum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_assignee_person_id"), ["assignee_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_due"), ["due"], unique=False)

    op.create_table(
        "ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("open", "secret", name="ballotmethod", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("yes_means", sa.Text(), nullable=False),
        sa.Column("no_means", sa.Text(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("casting_vote_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_lot", sa.Boolean(), nullable=False),
        sa.CheckConstraint("yes >= 0 AND no >= 0 AND abstain >= 0", name=op.f("ck_ballots_counts")),
        sa.ForeignKeyConstraint(["casting_vote_by_id"], ["presences.id"], name=op.f("fk_ballots_casting_vote_by_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_ballots_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_ballots_paragraph_id_position")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "approval",
                "rejection",
                "remission",
                "tabling",
                "noting",
                "election",
                "other",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_decisions_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_decisions_paragraph_id_position")),
    )
    op.create_table(
        "disqualifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_disqualifications_paragraph_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_disqualifications_presence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disqualifications")),
        sa.UniqueConstraint("paragraph_id", "presence_id", name=op.f("uq_disqualifications_paragraph_id_presence_id")),
    )
    op.create_table(
        "dissents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reservation",
                "opinion",
                "note",
                name="dissentkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_dissents_paragraph_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_dissents_presence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dissents")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_dissents_paragraph_id_position")),
    )
    op.create_table(
        "motions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mover_id", sa.Integer(), nullable=True),
        sa.Column("put_order", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["mover_id"], ["presences.id"], name=op.f("fk_motions_mover_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_motions_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motions")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_motions_paragraph_id_position")),
    )
    op.create_table(
        "paragraph_attachments",
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_paragraph_attachments_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraphs.id"], name=op.f("fk_paragraph_attachments_paragraph_id")
        ),
        sa.PrimaryKeyConstraint("paragraph_id", "attachment_id", name=op.f("pk_paragraph_attachments")),
    )
    op.create_table(
        "presence_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "arrives",
                "leaves",
                "serves",
                "steps_back",
                name="change",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("serving_for_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(change = 'serves') = (serving_for_id IS NOT NULL)", name=op.f("ck_presence_changes_serving_for")
        ),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_presence_changes_paragraph_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_presence_changes_presence_id")),
        sa.ForeignKeyConstraint(["serving_for_id"], ["presences.id"], name=op.f("fk_presence_changes_serving_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_changes")),
        sa.UniqueConstraint("paragraph_id", "presence_id", name=op.f("uq_presence_changes_paragraph_id_presence_id")),
    )
    with op.batch_alter_table("presence_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_changes_presence_id"), ["presence_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("approve", "return", name="verdict", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict <> 'return' OR comment <> ''", name=op.f("ck_reviews_comment")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_reviews_by_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_reviews_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_paragraph_id"), ["paragraph_id"], unique=False)

    op.create_table(
        "sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "matter",
                "summary",
                "background",
                "basis",
                "previous",
                "proposal",
                "procedure",
                "other",
                name="sectionkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_sections_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("paragraph_id", "position", name=op.f("uq_sections_paragraph_id_position")),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("protocol_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "secretary",
                "chair",
                "adjuster",
                name="signerrole",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (file_id IS NULL) AND (signed_at IS NULL) = (certificate_id IS NULL)",
            name=op.f("ck_signatures_signed"),
        ),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_signatures_certificate_id")),
        sa.ForeignKeyConstraint(["file_id"], ["protocol_files.id"], name=op.f("fk_signatures_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signatures_person_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_signatures_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("protocol_id", "field", name=op.f("uq_signatures_protocol_id_field")),
        sa.UniqueConstraint("protocol_id", "position", name=op.f("uq_signatures_protocol_id_position")),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_person_id"), ["person_id"], unique=False)

    op.create_table(
        "alternatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_alternatives_assignment_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["alternatives.id"], name=op.f("fk_alternatives_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alternatives")),
    )
    with op.batch_alter_table("alternatives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alternatives_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alternatives_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "assignment_closings",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column(
            "why",
            sa.Enum("done", "written_off", name="closing", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_assignment_closings_assignment_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_assignment_closings_by_id")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignment_closings")),
    )
    op.create_table(
        "decision_clauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_decision_clauses_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_clauses")),
        sa.UniqueConstraint("decision_id", "position", name=op.f("uq_decision_clauses_decision_id_position")),
    )
    op.create_table(
        "motion_supporters",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["motions.id"], name=op.f("fk_motion_supporters_motion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_motion_supporters_presence_id")),
        sa.PrimaryKeyConstraint("motion_id", "presence_id", name=op.f("pk_motion_supporters")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_reports_assignment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_reports_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_assignment_id"), ["assignment_id"], unique=False)

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("presence_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum("yes", "no", "abstain", name="choice", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name=op.f("fk_votes_ballot_id")),
        sa.ForeignKeyConstraint(["presence_id"], ["presences.id"], name=op.f("fk_votes_presence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("ballot_id", "presence_id", name=op.f("uq_votes_ballot_id_presence_id")),
    )


def downgrade() -> None:
    """Downgrade the database."""
    op.drop_table("votes")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_assignment_id"))

    op.drop_table("reports")
    op.drop_table("motion_supporters")
    op.drop_table("decision_clauses")
    op.drop_table("assignment_closings")
    with op.batch_alter_table("alternatives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alternatives_parent_id"))
        batch_op.drop_index(batch_op.f("ix_alternatives_assignment_id"))

    op.drop_table("alternatives")
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatures_person_id"))

    op.drop_table("signatures")
    op.drop_table("sections")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviews_paragraph_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("presence_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_changes_presence_id"))

    op.drop_table("presence_changes")
    op.drop_table("paragraph_attachments")
    op.drop_table("motions")
    op.drop_table("dissents")
    op.drop_table("disqualifications")
    op.drop_table("decisions")
    op.drop_table("ballots")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_due"))
        batch_op.drop_index(batch_op.f("ix_assignments_assignee_person_id"))
        batch_op.drop_index(batch_op.f("ix_assignments_assignee_forum_id"))

    op.drop_table("assignments")
    with op.batch_alter_table("adjusters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjusters_meeting_id"))

    op.drop_table("adjusters")
    with op.batch_alter_table("protocol_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_protocol_files_sha256"))

    op.drop_table("protocol_files")
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presences_person_id"))
        batch_op.drop_index(batch_op.f("ix_presences_meeting_id"))

    op.drop_table("presences")
    with op.batch_alter_table("paragraphs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paragraphs_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_paragraphs_case_id"))

    op.drop_table("paragraphs")
    op.drop_table("agenda_papers")
    with op.batch_alter_table("summonses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_summonses_meeting_id"))

    op.drop_table("summonses")
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seats_person_id"))
        batch_op.drop_index(batch_op.f("ix_seats_forum_id"))

    op.drop_table("seats")
    with op.batch_alter_table("protocols", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_protocols_sha256"))

    op.drop_table("protocols")
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_items_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_items_case_id"))

    op.drop_table("agenda_items")
    op.drop_table("accepted_warnings")
    op.drop_table("terms")
    with op.batch_alter_table("standing_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_items_forum_id"))

    op.drop_table("standing_items")
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_sessions_account_id"))

    op.drop_table("sign_in_sessions")
    op.drop_table("series")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_day"))

    op.drop_table("meetings")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_case_id"))

    op.drop_table("attachments")
    op.drop_table("parties")
    with op.batch_alter_table("forums", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forums_parent_id"))
        batch_op.drop_index(batch_op.f("ix_forums_collaboration_id"))

    op.drop_table("forums")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_person_id"))

    op.drop_table("certificates")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_normalised"))

    op.drop_table("cases")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreements_collaboration_id"))

    op.drop_table("agreements")
    op.drop_table("accounts")
    op.drop_table("stored_files")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_email"))
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_at"))

    op.drop_table("sign_in_attempts")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_name"))

    op.drop_table("people")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_due_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_done_at"))

    op.drop_table("outbox")
    op.drop_table("collaborations")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_target"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_actor_id"))

    op.drop_table("audit")
