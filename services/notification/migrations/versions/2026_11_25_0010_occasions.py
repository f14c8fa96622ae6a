"""Occasions beyond birthdays: several of a kind, each with its reminders; and each customer's first purchase

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BASIS = """
UPDATE occasions SET basis = basis || '{"year": null, "recurring": true, "lead_days": [0], "label": null}'::jsonb
WHERE basis IS NOT NULL
"""


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("occasions", "birth", new_column_name="basis")
    op.execute(_BASIS)
    op.add_column("occasions", sa.Column("subject", sa.Text(), nullable=False, server_default=""))
    op.add_column("occasions", sa.Column("next_lead", sa.Integer(), nullable=False, server_default="0"))
    op.drop_constraint("pk_occasions", "occasions", type_="primary")
    op.create_primary_key("pk_occasions", "occasions", ["customer_id", "kind", "subject"])
    op.create_table(
        "first_purchases",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_first_purchases"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("first_purchases")
    op.execute("DELETE FROM occasions WHERE kind <> 'birthday'")
    op.drop_constraint("pk_occasions", "occasions", type_="primary")
    op.create_primary_key("pk_occasions", "occasions", ["customer_id", "kind"])
    op.drop_column("occasions", "next_lead")
    op.drop_column("occasions", "subject")
    op.execute("UPDATE occasions SET basis = basis - '{year,recurring,lead_days,label}'::text[]")
    op.alter_column("occasions", "basis", new_column_name="birth")
