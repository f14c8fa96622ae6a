"""One feed of changed customers: a row per follower

Revision: 0016
After: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What a replay has to follow would be written where it is not looked for while workers of both releases run. Rebuilt
# again after the rollout, it is the same; one that has switched needs to follow nothing.
_END_REPLAYS = """
UPDATE replays SET state = 'discarded', finished_at = coalesce(rebuilt_at, started_at, requested_at)
WHERE finished_at IS NULL AND state <> 'mending'
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("LOCK TABLE changed_customers, change_feed IN ACCESS EXCLUSIVE MODE")  # in the order in which writers do
    op.execute(_END_REPLAYS)
    op.execute("DELETE FROM customer_watch")
    op.execute("DELETE FROM touched_customers")
    op.execute("TRUNCATE replayed_statistics")
    op.execute("ALTER TABLE change_feed ADD COLUMN follower text NOT NULL DEFAULT 'segments'")
    _change_key("change_feed", "follower")
    # Without it, and without the default above, the release before could not begin to follow for its segments.
    op.execute("ALTER TABLE change_feed ALTER COLUMN singleton DROP NOT NULL")
    op.add_column("changed_customers", sa.Column("follower", sa.Text(), server_default="segments", nullable=False))
    _change_key("changed_customers", "follower", "change_id")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_END_REPLAYS)
    op.execute("TRUNCATE replayed_statistics")
    for table in ("change_feed", "changed_customers"):
        op.execute(f"DELETE FROM {table} WHERE follower <> 'segments'")  # noqa: S608 - fixed names
    _change_key("changed_customers", "change_id")
    op.drop_column("changed_customers", "follower")
    op.execute("UPDATE change_feed SET singleton = true")
    op.execute("ALTER TABLE change_feed ALTER COLUMN singleton SET NOT NULL")
    _change_key("change_feed", "singleton")
    op.drop_column("change_feed", "follower")


def _change_key(table: str, *columns: str) -> None:
    op.drop_constraint(f"pk_{table}", table, type_="primary")
    op.create_primary_key(f"pk_{table}", table, list(columns))
