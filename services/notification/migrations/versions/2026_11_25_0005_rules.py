"""Rules as documents, and what their conditions may ask of a customer

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_EMPTY = sa.text("'{}'::jsonb")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", _INSTANT),
        sa.Column("active_from", _INSTANT),
        sa.Column("active_until", _INSTANT),
        sa.CheckConstraint("state IN ('draft', 'active', 'retired')", name=op.f("ck_rules_state")),
        sa.PrimaryKeyConstraint("name", "version", name="pk_rules"),
    )
    for state in ("active", "draft"):
        op.create_index(
            f"uq_rules_{state}", "rules", ["name"], unique=True, postgresql_where=sa.text(f"state = '{state}'")
        )
    op.create_table(
        "rule_changes",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("change_id", name="pk_rule_changes"),
    )
    op.create_index("ix_rule_changes_name", "rule_changes", ["name", "change_id"])
    op.add_column("customers", sa.Column("traits", postgresql.JSONB(), server_default=_EMPTY, nullable=False))
    op.add_column("customers", sa.Column("is_deceased", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("scores", sa.Column("figures", postgresql.JSONB(), server_default=_EMPTY, nullable=False))
    op.add_column("decisions", sa.Column("rule_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("decisions", sa.Column("template", sa.Text()))
    op.add_column("decisions", sa.Column("inputs", postgresql.JSONB()))
    op.add_column("decisions", sa.Column("of_day", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # Greetings that are waiting to be sent; what was settled is never asked about its day again.
    op.execute(
        "UPDATE decisions SET of_day = true FROM messages "
        "WHERE messages.decision_id = decisions.decision_id AND messages.state IN ('planned', 'sending', 'uncertain') "
        "AND decisions.rule = 'birthday'"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("of_day", "inputs", "template", "rule_version"):
        op.drop_column("decisions", name)
    op.drop_column("scores", "figures")
    op.drop_column("customers", "is_deceased")
    op.drop_column("customers", "traits")
    op.drop_table("rule_changes")
    op.drop_table("rules")
