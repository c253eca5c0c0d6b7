"""Keep the closing of an assignment that is reopened: it is history, and past quarters tell of it"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IN_THE_WAY = (
    (
        "SELECT count(*) FROM assignment_closings WHERE reopened_at IS NOT NULL",
        "Databasen kan inte föras dit: den äldre versionen har ingen plats för uppdrag som har avslutats och öppnats"
        " igen. Behåll den här versionen, eller återställ en säkerhetskopia från tiden före det första.",
    ),
)
"""Rows that prevent a downgrade, checked before anything is changed (`govern/schema.py`)."""

SHARED = "assignment_id, why, note, by_id, at"
OPEN = sa.text("reopened_at IS NULL")


def upgrade() -> None:
    """Give each closing a row of its own, with who reopened the assignment and when."""
    rows = _rows()
    op.drop_table("assignment_closings")
    op.create_table(
        "assignment_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopened_by_id IS NULL)", name=op.f("ck_assignment_closings_reopened")
        ),
        *_keys(),
        sa.ForeignKeyConstraint(["reopened_by_id"], ["people.id"], name=op.f("fk_assignment_closings_reopened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_closings")),
    )
    op.create_index(op.f("ix_assignment_closings_assignment_id"), "assignment_closings", ["assignment_id"])
    op.create_index(
        "uq_assignment_closings_live",
        "assignment_closings",
        ["assignment_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    _insert(rows)


def downgrade() -> None:
    """Keep one closing per assignment. One that has been reopened prevents it: see IN_THE_WAY."""
    rows = _rows()
    op.drop_table("assignment_closings")
    op.create_table(
        "assignment_closings",
        *_columns(),
        *_keys(),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignment_closings")),
    )
    _insert(rows)


def _rows() -> list[dict[str, object]]:
    query = sa.text(f"SELECT {SHARED} FROM assignment_closings ORDER BY assignment_id")
    return [dict(row._mapping) for row in op.get_bind().execute(query)]


def _insert(rows: list[dict[str, object]]) -> None:
    values = ", ".join(f":{name}" for name in SHARED.split(", "))
    if rows:
        op.get_bind().execute(sa.text(f"INSERT INTO assignment_closings ({SHARED}) VALUES ({values})"), rows)


def _columns() -> tuple[sa.Column[object], ...]:
    why = sa.Enum("done", "written_off", name="closing", native_enum=False, create_constraint=True, length=24)
    return (
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("why", why, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _keys() -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_assignment_closings_assignment_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_assignment_closings_by_id")),
    )
