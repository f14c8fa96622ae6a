"""First slice: audience, decisions, messages and attempts, occasions, the inbox, and the platform's tables

Revision: 0001
After: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_TABLES = (
    "customers",
    "scores",
    "complaints",
    "occasions",
    "decisions",
    "messages",
    "attempts",
    "inbox_items",
    "outbox",
    "inbox",
    "dead_letters",
    "idempotency_keys",
    "scheduled_jobs",
)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_audience()
    _create_occasions()
    _create_decisions()
    _create_messages()
    _create_inbox_items()
    _create_messaging()
    _create_dead_letters()
    _create_idempotency_keys()
    _create_scheduled_jobs()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _texts(*names: str) -> tuple["sa.Column[str]", ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _create_audience() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("granted", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'::text[]")),
        sa.Column("changed_at", _INSTANT),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers"),
    )
    op.create_table(
        "scores",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("loyalty_level", sa.Text(), nullable=False),
        sa.Column("lifecycle_stage", sa.Text(), nullable=False),
        sa.Column("abc_class", sa.Text()),
        sa.Column("probability_active", sa.Float()),
        sa.PrimaryKeyConstraint("customer_id", name="pk_scores"),
    )
    op.create_table(
        "complaints",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text()),
        sa.Column("opened_at", _INSTANT),
        sa.Column("resolved_at", _INSTANT),
        sa.PrimaryKeyConstraint("customer_id", "source", "case", name="pk_complaints"),
    )


def _create_occasions() -> None:
    op.create_table(
        "occasions",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next_day", sa.Date()),
        sa.Column("next_due_at", _INSTANT),
        sa.Column("year", sa.Integer()),
        sa.Column("last_year", sa.Integer()),
        sa.Column("obstacle", sa.Text()),
        sa.Column("birth", postgresql.JSONB()),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "kind", name="pk_occasions"),
    )
    op.create_index(
        "ix_occasions_due",
        "occasions",
        ["next_due_at", "customer_id"],
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        *_texts("rule", "occasion", "channel", "purpose", "language", "outcome"),
        sa.Column("reason", sa.Text()),
        sa.Column("considered", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("happened_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("caused_by", sa.Text()),
        sa.Column("correlation_id", sa.Text()),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
        sa.UniqueConstraint("customer_id", "rule", "occasion", name="uq_decisions_customer_id_rule_occasion"),
    )
    op.create_index("ix_decisions_time", "decisions", ["decided_at", "decision_id"])
    op.create_index("ix_decisions_customer_time", "decisions", ["customer_id", "decided_at", "decision_id"])
    op.create_index(
        "ix_decisions_reason_time",
        "decisions",
        ["reason", "decided_at", "decision_id"],
        postgresql_where=sa.text("reason IS NOT NULL"),
    )
    op.create_index(
        "ix_decisions_awaiting",
        "decisions",
        ["customer_id"],
        postgresql_where=sa.text("outcome = 'awaiting_profile'"),
    )


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        *_texts("rule", "occasion", "channel", "purpose", "language", "state"),
        sa.Column("reason", sa.Text()),
        sa.Column("planned_at", _INSTANT, nullable=False),
        sa.Column("composed_at", _INSTANT),
        sa.Column("settled_at", _INSTANT),
        sa.Column("next_attempt_at", _INSTANT, nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deferrals", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("resends", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("address", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("body_text", sa.Text()),
        sa.Column("body_html", sa.Text()),
        sa.PrimaryKeyConstraint("message_id", name="pk_messages"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name="fk_messages_decision_id"),
        sa.UniqueConstraint(
            "customer_id", "rule", "occasion", "channel", name="uq_messages_customer_id_rule_occasion_channel"
        ),
    )
    op.create_index("ix_messages_time", "messages", ["planned_at", "message_id"])
    op.create_index("ix_messages_customer_time", "messages", ["customer_id", "planned_at", "message_id"])
    op.create_index("ix_messages_decision_id", "messages", ["decision_id"])
    _create_message_queues()
    op.create_table(
        "attempts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT),
        sa.Column("outcome", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("message_id", "number", name="pk_attempts"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_attempts_message_id"),
    )


def _create_message_queues() -> None:
    """One small index per state that somebody waits on; settled messages are in none of them."""
    op.create_index(
        "ix_messages_planned", "messages", ["channel", "next_attempt_at"], postgresql_where=sa.text("state = 'planned'")
    )
    op.create_index("ix_messages_sending", "messages", ["lease_until"], postgresql_where=sa.text("state = 'sending'"))
    op.create_index(
        "ix_messages_uncertain", "messages", ["planned_at"], postgresql_where=sa.text("state = 'uncertain'")
    )


def _create_inbox_items() -> None:
    op.create_table(
        "inbox_items",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        *_texts("rule", "language", "subject", "body"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT),
        sa.PrimaryKeyConstraint("item_id", name="pk_inbox_items"),
    )
    op.create_index("ix_inbox_items_customer", "inbox_items", ["customer_id", "created_at", "item_id"])
    op.create_index(
        "ix_inbox_items_unread", "inbox_items", ["customer_id"], postgresql_where=sa.text("read_at IS NULL")
    )


def _create_messaging() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_table(
        "inbox",
        *_texts("event_id", "source", "consumer"),
        sa.Column("applied_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "source", "consumer", name="pk_inbox"),
    )


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("direction", "consumer", "topic"),
        sa.Column("partition", sa.Integer()),
        sa.Column("record_offset", sa.BigInteger()),
        sa.Column("record_time", _INSTANT),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("event_id", sa.Text()),
        sa.Column("source", sa.Text()),
        sa.Column("type", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("field", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_failed_at", _INSTANT, nullable=False),
        sa.Column("last_failed_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letters"),
        sa.CheckConstraint("direction IN ('in', 'out')", name="ck_dead_letters_direction"),
        sa.CheckConstraint("state IN ('waiting', 'redriving', 'resolved', 'discarded')", name="ck_dead_letters_state"),
        sa.UniqueConstraint(
            "consumer",
            "topic",
            "partition",
            "record_offset",
            "record_time",
            name=op.f("uq_dead_letters_consumer_topic_partition_record_offset_record_time"),
        ),
    )
    op.create_index("ix_dead_letters_consumer_id", "dead_letters", ["consumer", "id"])


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        *_texts("principal", "route", "key"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("principal", "route", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _create_scheduled_jobs() -> None:
    op.create_table(
        "scheduled_jobs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_tick_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scheduled_jobs"),
    )
