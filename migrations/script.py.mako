"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade the database."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade the database."""
    ${downgrades if downgrades else "pass"}
