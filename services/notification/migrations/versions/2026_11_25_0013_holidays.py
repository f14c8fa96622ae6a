"""Holidays: everybody in a locality is asked in a round, portion by portion

Revision: 0013
After: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_customers_locality",
        "customers",
        ["time_zone", sa.text("coalesce(traits ->> 'region', '')"), "customer_id"],
        postgresql_where=sa.text("state = 'known'"),
    )
    op.create_table(
        "holiday_rounds",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("topics", ARRAY(sa.Text()), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("portions", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("day", "time_zone", "region", name="pk_holiday_rounds"),
    )
    op.create_index(
        "ix_holiday_rounds_open", "holiday_rounds", ["portions", "due_at"], postgresql_where=sa.text("NOT done")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("holiday_rounds")
    op.drop_index("ix_customers_locality", "customers")
