"""What customers were, one version after another

Revision: 0015
After: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Of who is known already nothing earlier is known: what they are counts since they registered.
_TAKE_OVER = """
INSERT INTO profile_history (customer_id, version, changed_at, profile)
SELECT customer_id, version, registered_at, profile FROM known_customers
WHERE profile IS NOT NULL AND profile <> 'null'::jsonb
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "profile_history",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("taken_in_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("profile", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "version", name="pk_profile_history"),
    )
    op.execute(_TAKE_OVER)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("profile_history")
