"""What customers decide themselves, with its proof

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "own_decisions",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "channel", "purpose", name="pk_own_decisions"),
    )
    op.create_table(
        "preference_changes",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("link_channel", sa.Text(), nullable=False),
        sa.Column("link_purpose", sa.Text(), nullable=False),
        sa.Column("link_issued_on", sa.Date(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_preference_changes"),
    )
    op.create_index("ix_preference_changes_customer", "preference_changes", ["customer_id", "at", "change_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("preference_changes")
    op.drop_table("own_decisions")
