"""Occasions by the day of the year they are kept on, so that rules on them can be tried on a time past

Revision: 0014
After: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DAY = ("(basis ->> 'calendar')", "((basis ->> 'month')::integer)", "((basis ->> 'day')::integer)")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_occasions_day", "occasions", ["kind", *map(sa.text, _DAY)])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_occasions_day", "occasions")
