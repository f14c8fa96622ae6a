"""Potential, loyalty, quadrant and churn risk among the scores as told

Revision: 0004
After: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS: tuple[tuple[str, type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]], ...] = (
    ("last_12_months", sa.BigInteger),
    ("growth_potential", sa.BigInteger),
    ("lifetime_profit", sa.BigInteger),
    ("loyalty", sa.SmallInteger),
    ("quadrant", sa.Text),
    ("churn_risk", sa.SmallInteger),
    ("churn_reasons", postgresql.ARRAY(sa.Text)),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, kind in _COLUMNS:
        op.add_column("scores", sa.Column(name, kind))
    op.create_index("ix_scores_lifetime_profit", "scores", [sa.text("lifetime_profit DESC"), "customer_id"])
    op.create_index("ix_scores_churn_risk", "scores", [sa.text("churn_risk DESC"), "customer_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_scores_churn_risk", "scores")
    op.drop_index("ix_scores_lifetime_profit", "scores")
    for name, _ in reversed(_COLUMNS):
        op.drop_column("scores", name)
