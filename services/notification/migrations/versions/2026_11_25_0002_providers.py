"""Several channels and providers: lanes, what each attempt cost and by whom it went, and the providers' health

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_PLANNED = sa.text("state = 'planned'")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "customers", sa.Column("addresses", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    for table in ("decisions", "messages"):
        op.add_column(table, sa.Column("lane", sa.Text(), nullable=False, server_default="normal"))
    for name in ("provider", "last_outcome", "reference", "cost_currency"):
        op.add_column("messages", sa.Column(name, sa.Text()))
    op.add_column("messages", sa.Column("units", sa.Integer()))
    op.add_column("messages", sa.Column("cost_micros", sa.BigInteger()))
    for name in ("provider", "reference"):
        op.add_column("attempts", sa.Column(name, sa.Text()))
    # The queue is small, so the old index is not missed by a release that still sorts it without lanes.
    op.create_index("ix_messages_due", "messages", ["channel", "lane", "next_attempt_at"], postgresql_where=_PLANNED)
    op.drop_index("ix_messages_planned", "messages")
    op.create_index(
        "ix_messages_reference",
        "messages",
        ["provider", "reference"],
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "provider_states",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", _INSTANT),
        sa.Column("problem", sa.Text()),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("tokens", sa.Float()),
        sa.Column("refilled_at", _INSTANT),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_states"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("provider_states")
    op.drop_index("ix_messages_reference", "messages")
    op.create_index("ix_messages_planned", "messages", ["channel", "next_attempt_at"], postgresql_where=_PLANNED)
    op.drop_index("ix_messages_due", "messages")
    for name in ("provider", "reference"):
        op.drop_column("attempts", name)
    for name in ("provider", "last_outcome", "reference", "cost_currency", "units", "cost_micros"):
        op.drop_column("messages", name)
    for table in ("decisions", "messages"):
        op.drop_column(table, "lane")
    op.drop_column("customers", "addresses")
