"""What became of messages after they were accepted, and the addresses nothing is sent to any more

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("messages", sa.Column("receipt", sa.Text()))
    op.add_column("messages", sa.Column("receipt_at", _INSTANT))
    op.create_table(
        "message_receipts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "kind", name="pk_message_receipts"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_message_receipts_message_id"),
    )
    op.create_table(
        "suppressions",
        sa.Column("suppression_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("suppression_id", name="pk_suppressions"),
    )
    op.create_index("ix_suppressions_time", "suppressions", ["created_at", "suppression_id"])
    op.create_index("ix_suppressions_customer", "suppressions", ["customer_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("suppressions")
    op.drop_table("message_receipts")
    op.drop_column("messages", "receipt_at")
    op.drop_column("messages", "receipt")
