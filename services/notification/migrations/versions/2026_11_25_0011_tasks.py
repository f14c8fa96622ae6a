"""Tasks for staff, and who looks after a customer

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    staff = sa.Column("staff", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    op.add_column("customers", staff)
    op.alter_column("decisions", "channel", nullable=True)
    op.alter_column("decisions", "purpose", nullable=True)
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("assignee_kind", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("assignee_name", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cause", postgresql.JSONB(), nullable=True),
        sa.Column("happened_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("caused_by", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("task_id", name="pk_tasks"),
        sa.ForeignKeyConstraint(["task_id"], ["decisions.decision_id"], name="fk_tasks_task_id_decisions"),
        sa.CheckConstraint("state IN ('open', 'done', 'dismissed', 'cancelled')", name=op.f("ck_tasks_state")),
    )
    op.create_index("ix_tasks_due", "tasks", ["due_at", "task_id"])
    op.create_index("ix_tasks_assignee", "tasks", ["assignee_kind", "assignee", "due_at", "task_id"])
    op.create_index("ix_tasks_customer", "tasks", ["customer_id", "due_at", "task_id"])
    op.create_index("ix_tasks_open", "tasks", ["due_at", "task_id"], postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "task_changes",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("from_assignee", sa.Text(), nullable=True),
        sa.Column("to_assignee", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", "version", name="pk_task_changes"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.task_id"], name="fk_task_changes_task_id_tasks"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("task_changes")
    op.drop_table("tasks")
    op.execute("DELETE FROM decisions WHERE channel IS NULL")
    op.alter_column("decisions", "purpose", nullable=False)
    op.alter_column("decisions", "channel", nullable=False)
    op.drop_column("customers", "staff")
