"""First slice: interactions, the customers they are of, complaint cases, messages, and the platform's tables

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


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_interactions()
    _create_known_customers()
    _create_complaints()
    _create_timeline_messages()
    _create_messaging()
    _create_dead_letters()
    _create_idempotency_keys()
    _create_scheduled_jobs()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (
        "scheduled_jobs",
        "idempotency_keys",
        "dead_letters",
        "inbox",
        "outbox",
        "timeline_messages",
        "complaint_facts",
        "complaints",
        "external_id_claims",
        "known_customers",
        "interactions",
    ):
        op.drop_table(table)


def _create_interactions() -> None:
    op.create_table(
        "interactions",
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("named_id", sa.Uuid()),
        sa.Column("named_source", sa.String()),
        sa.Column("named_external_id", sa.String()),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("actor", sa.String()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String()),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_interactions"),
        sa.CheckConstraint(
            "(named_id IS NULL) = (named_external_id IS NOT NULL)", name="ck_interactions_customer_named_once"
        ),
        sa.CheckConstraint(
            "(named_source IS NULL) = (named_external_id IS NULL)", name="ck_interactions_external_name_whole"
        ),
    )
    attached, awaiting = sa.text("customer_id IS NOT NULL"), sa.text("customer_id IS NULL")
    for name, columns, where in (
        ("timeline", ["customer_id", "occurred_at", "interaction_id"], attached),
        ("awaiting", ["recorded_at", "interaction_id"], awaiting),
        ("awaiting_id", ["named_id"], awaiting),
        ("awaiting_external", ["named_external_id", "named_source"], awaiting),
    ):
        op.create_index(f"ix_interactions_{name}", "interactions", columns, postgresql_where=where)


def _create_known_customers() -> None:
    op.create_table(
        "known_customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_known_customers"),
    )
    op.create_table(
        "external_id_claims",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", "customer_id", name="pk_external_id_claims"),
    )
    op.create_index("ix_external_id_claims_customer_id", "external_id_claims", ["customer_id"])


def _create_complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("case_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("opening_id", sa.Uuid()),
        sa.Column("opened_at", _INSTANT),
        sa.Column("opening_customer_id", sa.Uuid()),
        sa.Column("severity", sa.String()),
        sa.Column("category", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("resolution_id", sa.Uuid()),
        sa.Column("resolved_at", _INSTANT),
        sa.Column("resolution_customer_id", sa.Uuid()),
        sa.Column("outcome", sa.String()),
        sa.Column("compensation_minor", sa.BigInteger()),
        sa.Column("compensation_currency", sa.String()),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("resolutions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("complaint_id", name="pk_complaints"),
    )
    op.create_index("ix_complaints_started_at_complaint_id", "complaints", ["started_at", "complaint_id"])
    op.create_index(
        "ix_complaints_open",
        "complaints",
        ["started_at", "complaint_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_complaints_customer_id_started_at_complaint_id",
        "complaints",
        ["customer_id", "started_at", "complaint_id"],
    )
    op.create_table(
        "complaint_facts",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("complaint_id", "interaction_id", name="pk_complaint_facts"),
    )


def _create_timeline_messages() -> None:
    op.create_table(
        "timeline_messages",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("caused_by", sa.String()),
        sa.PrimaryKeyConstraint("message_id", name="pk_timeline_messages"),
    )
    op.create_index(
        "ix_timeline_messages_customer_id_occurred_at_message_id",
        "timeline_messages",
        ["customer_id", "occurred_at", "message_id"],
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
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("applied_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "source", "consumer", name="pk_inbox"),
    )


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
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
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
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
