"""What waits for its time, and what good manners look at

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_WAITING = sa.text("outcome = 'waiting'")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("customers", sa.Column("do_not_disturb", postgresql.JSONB()))
    op.add_column("decisions", sa.Column("about", sa.Text()))
    op.add_column("decisions", sa.Column("subject", sa.Text()))
    op.add_column("decisions", sa.Column("merges", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("decisions", sa.Column("priority", sa.Integer(), server_default="50", nullable=False))
    op.add_column("decisions", sa.Column("due_at", _INSTANT))
    op.add_column("decisions", sa.Column("known_at", _INSTANT))
    op.add_column("decisions", sa.Column("detail", postgresql.JSONB()))
    op.create_index("ix_decisions_waiting", "decisions", ["due_at"], postgresql_where=_WAITING)
    op.create_index("ix_decisions_waiting_of", "decisions", ["customer_id"], postgresql_where=_WAITING)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_decisions_waiting_of", "decisions")
    op.drop_index("ix_decisions_waiting", "decisions")
    for name in ("detail", "known_at", "due_at", "priority", "merges", "subject", "about"):
        op.drop_column("decisions", name)
    op.drop_column("customers", "do_not_disturb")
