"""Count the customers whom rescoring under another policy had to skip

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: workers of the version before insert this row without the column.
    op.add_column("rescoring", sa.Column("skipped", sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("rescoring", "skipped")
