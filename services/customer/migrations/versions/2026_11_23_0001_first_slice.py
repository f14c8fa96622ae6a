"""First slice: customers, their identities and consents, the scores shown with them, and the platform's tables

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
    # Trusted since PostgreSQL 13: the database's owner may do this, no superuser is needed.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    _create_customers()
    _create_external_ids()
    _create_consent_decisions()
    _create_customer_scores()
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
        "customer_scores",
        "consent_decisions",
        "external_ids",
        "customers",
    ):
        op.drop_table(table)


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lifecycle", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text()),
        sa.Column("family_name", sa.Text()),
        sa.Column("full_name", sa.Text()),
        sa.Column("organisation_name", sa.Text()),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("birthday", postgresql.JSONB()),
        sa.Column("contact_points", postgresql.JSONB(), nullable=False),
        sa.Column("consents", postgresql.JSONB(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("custom_attributes", postgresql.JSONB(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers"),
    )
    op.create_index("ix_customers_lifecycle", "customers", ["lifecycle", "customer_id"])
    op.create_index("ix_customers_region", "customers", ["region", "customer_id"])
    op.create_index("ix_customers_tags", "customers", ["tags"], postgresql_using="gin")
    op.create_index(
        "ix_customers_search_text",
        "customers",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )


def _create_external_ids() -> None:
    op.create_table(
        "external_ids",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_external_ids"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name="fk_external_ids_customer_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_external_ids_customer_id", "external_ids", ["customer_id"])


def _create_consent_decisions() -> None:
    op.create_table(
        "consent_decisions",
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("proof", sa.Text()),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_consent_decisions"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name="fk_consent_decisions_customer_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "customer_id",
            "channel",
            "purpose",
            "at",
            "granted",
            "proof",
            name="uq_consent_decisions_evidence",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_consent_decisions_customer_id", "consent_decisions", ["customer_id", "decision_id"])


def _create_customer_scores() -> None:
    op.create_table(
        "customer_scores",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("abc_class", sa.Text()),
        sa.Column("lifecycle_stage", sa.Text(), nullable=False),
        sa.Column("loyalty_level", sa.Text(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_scores"),
    )
    op.create_index("ix_customer_scores_abc_class", "customer_scores", ["abc_class", "customer_id"])
    op.create_index("ix_customer_scores_lifecycle_stage", "customer_scores", ["lifecycle_stage", "customer_id"])


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
