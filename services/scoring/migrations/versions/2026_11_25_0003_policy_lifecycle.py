"""Policies as living documents: drafts, activation, and who decided what and why

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_STATES = "state IN ('draft', 'simulated', 'scheduled', 'active', 'retired', 'discarded')"

# The newest of those used so far is in force; each held until the next, and the first for all of the past.
_TAKE_OVER = """
UPDATE policies AS p SET
    state = CASE WHEN following.at IS NULL THEN 'active' ELSE 'retired' END,
    created_at = p.first_used_at, retired_at = following.at,
    first_used_at = CASE WHEN following.first THEN '1970-01-01T00:00:00Z' ELSE p.first_used_at END
FROM (SELECT version, lead(first_used_at) OVER newer AS at, row_number() OVER newer = 1 AS first
      FROM policies WINDOW newer AS (ORDER BY version)) AS following
WHERE following.version = p.version
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Defaults stay where a worker of the release before may add a row without the column.
    op.add_column("policies", sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False))
    op.add_column("policies", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("policies", sa.Column("silent", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for name, kind in (("base_version", sa.Integer()), ("author", sa.Text()), ("reason", sa.Text())):
        op.add_column("policies", sa.Column(name, kind))
    for name in ("created_at", "activate_at", "retired_at"):
        op.add_column("policies", sa.Column(name, _INSTANT))
    op.alter_column("policies", "first_used_at", nullable=True)
    op.execute(_TAKE_OVER)
    op.create_check_constraint(op.f("ck_policies_state"), "policies", _STATES)
    for state in ("active", "scheduled"):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"uq_policies_{state}", "policies", ["state"], unique=True, postgresql_where=where)
    op.create_table(
        "policy_decisions",
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("details", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("decision_id", name="pk_policy_decisions"),
    )
    op.create_index("ix_policy_decisions_version", "policy_decisions", ["version", "decision_id"])
    op.add_column("rescoring", sa.Column("occasion", sa.Text()))
    op.add_column("rescoring", sa.Column("silent", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("rescoring", sa.Column("goes_on", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("rescoring", sa.Column("wait_until", sa.BigInteger()))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("wait_until", "goes_on", "silent", "occasion"):
        op.drop_column("rescoring", name)
    op.drop_table("policy_decisions")
    op.execute("DELETE FROM policies WHERE first_used_at IS NULL")
    op.alter_column("policies", "first_used_at", nullable=False)
    op.drop_index("uq_policies_scheduled", "policies")
    op.drop_index("uq_policies_active", "policies")
    op.drop_constraint(op.f("ck_policies_state"), "policies")
    for name in ("created_at", "activate_at", "retired_at", "base_version", "author", "reason", "silent", "revision"):
        op.drop_column("policies", name)
    op.drop_column("policies", "state")
