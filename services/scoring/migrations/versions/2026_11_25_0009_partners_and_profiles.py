"""Who customers are, the stage of accounts and the cost to serve

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("scores", sa.Column("partnership_stage", sa.Text()))
    op.add_column("scores", sa.Column("cost_to_serve", sa.BigInteger()))
    op.add_column("known_customers", sa.Column("profile", postgresql.JSONB()))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("known_customers", "profile")
    op.drop_column("scores", "cost_to_serve")
    op.drop_column("scores", "partnership_stage")
