"""Find what was told within a period

Revision: 0017
After: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Rows are only ever added, nearly in the order of time: a summary of a few pages finds a week as well as a tree of
    # every row does, and costs the transaction that tells scores next to nothing. Some values per summary, not just two:
    # a score of long ago that is told late would make its pages look like all the time between.
    op.create_index(
        "ix_scores_history_as_of",
        "scores_history",
        ["as_of"],
        postgresql_using="brin",
        postgresql_ops={"as_of": "timestamptz_minmax_multi_ops"},
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_scores_history_as_of", "scores_history")
