"""An index of open trials: what a shared search asks next depends on them."""

import sqlalchemy as sa
from alembic import op

revision = "m0002"
down_revision = "m0001"
branch_labels = None
depends_on = None
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_trial_open_of_series", "trial", ["series"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_trial_open_of_series", "trial")
