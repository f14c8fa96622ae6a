"""Simulations of drafts: progress, findings, and whom they would move

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
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "simulations",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("compared_with", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.Integer()),
        sa.Column("portfolio_version", sa.Integer()),
        sa.Column("portfolio", postgresql.JSONB()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("counts_first", sa.Boolean(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        *(sa.Column(name, _INSTANT) for name in ("started_at", "finished_at", "leased_until")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("customers", "done", "moved", "skipped")),
        sa.Column("after_customer", sa.Uuid()),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", name="pk_simulations"),
    )
    op.create_index("ix_simulations_version", "simulations", ["version"])
    op.create_index("ix_simulations_state", "simulations", ["state"])
    op.create_table(
        "simulated_moves",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("classes", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("simulation_id", "customer_id", name="pk_simulated_moves"),
    )
    op.create_table(
        "simulated_values",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("purchase_days", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer()),
        sa.PrimaryKeyConstraint("simulation_id", "customer_id", name="pk_simulated_values"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("simulated_values", "simulated_moves", "simulations"):
        op.drop_table(table)
