"""Add paragraph versions, the current editor of a paragraph, phrases, when a dissent was announced, and secret items"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The phrases of a new installation: trigger, name, codes, where they are used, HTML.
PHRASES = (
    ("öppnar", "Mötet öppnas", "", "text", "<p>Ordförande {ordförande} öppnade mötet klockan {tid}.</p>"),
    ("upprop", "Upprop", "", "text", "<p>Upprop förrättades. Närvaron framgår av protokollets närvarolista.</p>"),
    ("justerare", "Val av justerare", "", "decision", "<p>utse {justerare} att justera protokollet tillsammans med ordföranden</p>"),
    ("dagordning", "Dagordningen godkänns", "", "decision", "<p>godkänna den utsända dagordningen</p>"),
    ("föregående", "Föregående protokoll", "", "text", "<p>Protokollet från mötet {förra mötet} gicks igenom och lades till handlingarna.</p>"),
    ("föredrar", "Ärendet föredras", "", "text", "<p>{person} föredrog ärendet och svarade på frågor.</p>"),
    ("antecknas", "Informationen antecknas", "IU", "decision", "<p>anteckna informationen</p>"),
    ("handlingarna", "Läggs till handlingarna", "IU", "decision", "<p>lägga informationen till handlingarna</p>"),
    ("bifall", "Bifall till förslaget", "BR", "decision", "<p>bifalla förslaget</p>"),
    ("avslag", "Avslag på förslaget", "BR", "decision", "<p>avslå förslaget</p>"),
    ("bordlägger", "Bordläggning", "B", "decision", "<p>bordlägga ärendet till mötet {nästa möte}</p>"),
    ("återremiss", "Återremiss", "B", "decision", "<p>återremittera ärendet för att …</p>"),
    ("enhälligt", "Enigt beslut", "B", "text", "<p>{forum} är enig i sitt beslut.</p>"),
    ("yrkar", "Yrkande", "B", "text", "<p>{person} yrkar att …</p>"),
    ("ajournerar", "Ajournering", "", "text", "<p>Mötet ajournerades klockan {tid}.</p>"),
    ("återupptas", "Mötet återupptas", "", "text", "<p>Mötet återupptogs klockan {tid}.</p>"),
    ("jäv", "Jäv", "", "text", "<p>På grund av jäv deltog {person} inte i handläggningen av ärendet och lämnade rummet.</p>"),
    ("nästa", "Nästa möte", "", "text", "<p>Nästa möte hålls {nästa möte}.</p>"),
    ("avslutar", "Mötet avslutas", "", "text", "<p>Ordförande {ordförande} tackade för visat intresse och avslutade mötet klockan {tid}.</p>"),
)  # fmt: skip


def upgrade() -> None:
    """Create the tables, add the columns, and insert the default phrases."""
    op.create_table(
        "paragraph_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "mark",
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
            nullable=True,
        ),
        sa.CheckConstraint("mark IS NULL OR mark <> 'draft'", name=op.f("ck_paragraph_versions_mark")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_paragraph_versions_by_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_paragraph_versions_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_versions")),
        sa.UniqueConstraint("paragraph_id", "version", name=op.f("uq_paragraph_versions_paragraph_id_version")),
    )
    op.create_table(
        "paragraph_editors",
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_paragraph_editors_paragraph_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_paragraph_editors_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sign_in_sessions.id"], name=op.f("fk_paragraph_editors_session_id")),
        sa.PrimaryKeyConstraint("paragraph_id", "session_id", name=op.f("pk_paragraph_editors")),
    )
    op.create_index(op.f("ix_paragraph_editors_seen_at"), "paragraph_editors", ["seen_at"])
    phrases = op.create_table(
        "phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "text",
                "decision",
                "heading",
                name="phrasetarget",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("html", sa.Text(), nullable=False),
        sa.CheckConstraint("trigger <> ''", name=op.f("ck_phrases_trigger")),
        sa.ForeignKeyConstraint(["forum_id"], ["forums.id"], name=op.f("fk_phrases_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
        sa.UniqueConstraint("forum_id", "trigger", name=op.f("uq_phrases_forum_id_trigger")),
    )
    # In a unique constraint NULL never equals NULL: the default phrases, which have no forum, need a separate index.
    op.create_index(
        "uq_phrases_trigger",
        "phrases",
        ["trigger"],
        unique=True,
        sqlite_where=sa.text("forum_id IS NULL"),
        postgresql_where=sa.text("forum_id IS NULL"),
    )
    op.add_column("dissents", sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dissents", sa.Column("announced", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("agenda_items", sa.Column("confidential", sa.Text(), nullable=True))
    op.bulk_insert(
        phrases,
        [
            {"position": place, "trigger": trigger, "name": name, "kinds": list(kinds), "target": to, "html": html}
            for place, (trigger, name, kinds, to, html) in enumerate(PHRASES)
        ],
    )


def downgrade() -> None:
    """Drop the tables and columns."""
    op.drop_column("agenda_items", "confidential")
    op.drop_column("dissents", "announced")
    op.drop_column("dissents", "noted_at")
    op.drop_table("phrases")
    op.drop_table("paragraph_editors")
    op.drop_table("paragraph_versions")
