"""Several models of purchases, their reports, the progress of fits, and checks for drift

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("lifetime_models", sa.Column("purchase_model", sa.Text, server_default="bg_nbd", nullable=False))
    op.add_column("lifetime_models", sa.Column("grounds", sa.Text, server_default="reference", nullable=False))
    op.add_column("lifetime_models", sa.Column("s", sa.Float))
    op.add_column("lifetime_models", sa.Column("beta", sa.Float))
    op.add_column("lifetime_models", sa.Column("report", postgresql.JSONB))
    op.alter_column("lifetime_models", "a", nullable=True)
    op.alter_column("lifetime_models", "b", nullable=True)
    op.add_column("model_fits", sa.Column("cause", sa.Text, server_default="asked", nullable=False))
    op.add_column("model_fits", sa.Column("phase", sa.Text))
    op.add_column("model_fits", sa.Column("percent", sa.SmallInteger, server_default="0", nullable=False))
    op.create_table(
        "model_checks",
        sa.Column("model_version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("checked_until", sa.Date, primary_key=True),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("customers", sa.Integer, nullable=False),
        sa.Column("actual", sa.Integer, nullable=False),
        sa.Column("expected", sa.Float, nullable=False),
        sa.Column("drifted", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("model_checks")
    for column in ("percent", "phase", "cause"):
        op.drop_column("model_fits", column)
    # What the release before cannot read goes.
    op.execute("DELETE FROM lifetime_models WHERE purchase_model <> 'bg_nbd'")
    op.alter_column("lifetime_models", "b", nullable=False)
    op.alter_column("lifetime_models", "a", nullable=False)
    for column in ("report", "beta", "s", "grounds", "purchase_model"):
        op.drop_column("lifetime_models", column)
