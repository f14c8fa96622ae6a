"""Replays: statistics made anew beside those in use, held against them, and put in their place

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "replayed_statistics",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_days", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer()),
        sa.Column("last_day", sa.Integer()),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("margin", "repeat_margin", "returned_margin", "realised")
        ),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("memory", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("customer_id", name="pk_replayed_statistics"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "customer_watch",
        sa.Column("singleton", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("singleton", name="pk_customer_watch"),
    )
    op.create_table(
        "touched_customers",
        sa.Column("touch_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name="pk_touched_customers"),
    )
    op.create_table(
        "replays",
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("policy_version", sa.Integer()),
        *(
            sa.Column(name, _INSTANT)
            for name in ("started_at", "rebuilt_at", "switched_at", "finished_at", "leased_until")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("customers", "done", "told")),
        sa.Column("after_customer", sa.Uuid()),
        sa.PrimaryKeyConstraint("replay_id", name="pk_replays"),
    )
    op.create_index(
        "uq_replays_open",
        "replays",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "replay_differences",
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("mended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("replay_id", "customer_id", name="pk_replay_differences"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("replay_differences", "replays", "touched_customers", "customer_watch", "replayed_statistics"):
        op.drop_table(table)
