"""Keep every score that was told, in partitions by customer

Revision: 0008
After: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_PARTITIONS = 16

# What was told last before there was a history, as far as every release has known it.
_TAKE_OVER = """
INSERT INTO scores_history (customer_id, as_of, told_at, policy_version, model_version, changed, figures)
SELECT customer_id, as_of, as_of, policy_version, model_version, '{}', jsonb_build_object(
    'realised_value', realised_value, 'current_value', current_value, 'probability_active', probability_active,
    'satisfaction', satisfaction / 10.0, 'loyalty_level', loyalty_level, 'lifecycle_stage', lifecycle_stage,
    'abc_class', abc_class, 'recency', recency, 'frequency', frequency, 'monetary', monetary)
FROM scores
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "scores_history",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.Integer()),
        sa.Column("occasion", sa.Text()),
        sa.Column("changed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "as_of", "told_at", name="pk_scores_history"),
        postgresql_partition_by="HASH (customer_id)",
    )
    for place in range(_PARTITIONS):
        op.execute(
            f"CREATE TABLE scores_history_{place} PARTITION OF scores_history "
            f"FOR VALUES WITH (MODULUS {_PARTITIONS}, REMAINDER {place})"
        )
    op.execute(_TAKE_OVER)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("scores_history")
