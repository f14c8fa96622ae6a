"""Find what was told within a period

Revision: 0017
After: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INDEX = "ix_scores_history_as_of"
_PARTITIONS = 16
# Rows are only ever added, nearly in the order of time: a summary of a few pages finds a week as well as a tree of every
# row does, and costs the transaction that tells scores next to nothing. Some values per summary, not just two: a score of
# long ago that is told late would make its pages look like all the time between.
_BY_TIME = "USING brin (as_of timestamptz_minmax_multi_ops) WITH (pages_per_range = 16, autosummarize = on)"


def upgrade() -> None:
    # Partition after partition, each by itself: who tells scores meanwhile waits for one of them, not for the whole
    # history. Broken off, it goes on where it was.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = '5s'")
        op.execute(f"CREATE INDEX IF NOT EXISTS {_INDEX} ON ONLY scores_history {_BY_TIME}")
        for place in range(_PARTITIONS):
            own = f"ix_scores_history_{place}_as_of"
            op.execute(f"CREATE INDEX IF NOT EXISTS {own} ON scores_history_{place} {_BY_TIME}")
            op.execute(f"ALTER INDEX {_INDEX} ATTACH PARTITION {own}")
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(_INDEX, "scores_history")
