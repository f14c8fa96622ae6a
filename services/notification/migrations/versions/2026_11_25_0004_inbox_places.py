"""A place for each inbox item, so that a stream of them can be gone on with

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("inbox_items", sa.Column("place", sa.BigInteger(), sa.Identity(), nullable=False))
    op.create_index("ix_inbox_items_place", "inbox_items", ["customer_id", "place"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_inbox_items_place", "inbox_items")
    op.drop_column("inbox_items", "place")
