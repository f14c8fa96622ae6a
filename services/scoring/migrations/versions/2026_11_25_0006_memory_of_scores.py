"""Remember what was told of a customer in the row that scoring locks anyway

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Without it everybody would be told of again with their next event. Workers of the version before go on without it.
_REMEMBER = """
UPDATE customer_statistics SET memory = convert_to(json_build_array(
    json_build_array(
        realised_value, current_value, probability_active, satisfaction, loyalty_level, lifecycle_stage, abc_class,
        CASE WHEN recency IS NOT NULL THEN json_build_array(recency, frequency, monetary) END,
        as_of, policy_version, model_version, last_12_months, growth_potential, lifetime_profit, loyalty, quadrant,
        churn_risk, coalesce(churn_reasons, '{}')
    ),
    due_at
)::text, 'UTF8')
FROM scores LEFT JOIN reviews USING (customer_id)
WHERE scores.customer_id = customer_statistics.customer_id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("customer_statistics", sa.Column("memory", sa.LargeBinary()))
    op.execute(_REMEMBER)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("customer_statistics", "memory")
