"""First slice: facts and statistics, models, portfolios, scores, and the platform's tables

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
    "facts",
    "customer_statistics",
    "known_customers",
    "applied_batches",
    "lifetime_models",
    "model_fits",
    "portfolios",
    "policies",
    "scores",
    "reviews",
    "rescoring",
    "outbox",
    "inbox",
    "dead_letters",
    "idempotency_keys",
    "scheduled_jobs",
)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_facts()
    _create_statistics()
    _create_models()
    _create_scores()
    _create_messaging()
    _create_dead_letters()
    _create_idempotency_keys()
    _create_scheduled_jobs()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("margin", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.Column("detail", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("customer_id", "event_id", name="pk_facts"),
    )
    op.create_table(
        "known_customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_known_customers"),
    )


def _create_statistics() -> None:
    op.create_table(
        "customer_statistics",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_days", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer()),
        sa.Column("last_day", sa.Integer()),
        sa.Column("margin", sa.BigInteger(), nullable=False),
        sa.Column("repeat_margin", sa.BigInteger(), nullable=False),
        sa.Column("returned_margin", sa.BigInteger(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_statistics"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "applied_batches",
        sa.Column("batch_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("applied_at", _INSTANT, nullable=False),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("known_customers", sa.BigInteger(), nullable=False),
        sa.Column("last_occurred_at", _INSTANT),
        sa.Column("latencies", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name="pk_applied_batches"),
    )


def _create_models() -> None:
    op.create_table(
        "lifetime_models",
        sa.Column("version", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("fit_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("fitted_at", _INSTANT, nullable=False),
        sa.Column("observed_until", sa.Date(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("repeat_customers", sa.Integer(), nullable=False),
        sa.Column("r", sa.Float(), nullable=False),
        sa.Column("alpha", sa.Float(), nullable=False),
        sa.Column("a", sa.Float(), nullable=False),
        sa.Column("b", sa.Float(), nullable=False),
        sa.Column("log_likelihood", sa.Float(), nullable=False),
        sa.Column("covariance", postgresql.JSONB()),
        sa.Column("goodness", postgresql.JSONB(), nullable=False),
        sa.Column("spend_customers", sa.Integer()),
        sa.Column("p", sa.Float()),
        sa.Column("q", sa.Float()),
        sa.Column("gamma", sa.Float()),
        sa.Column("spend_log_likelihood", sa.Float()),
        sa.PrimaryKeyConstraint("version", name="pk_lifetime_models"),
        sa.UniqueConstraint("fit_id", name="uq_lifetime_models_fit_id"),
    )
    op.create_table(
        "model_fits",
        sa.Column("fit_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("observed_until", sa.Date(), nullable=False),
        sa.Column("leased_until", _INSTANT),
        sa.Column("model_version", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("found", sa.Float()),
        sa.Column("needed", sa.Float()),
        sa.PrimaryKeyConstraint("fit_id", name="pk_model_fits"),
    )
    op.create_index("ix_model_fits_state", "model_fits", ["state"])
    op.create_table(
        "portfolios",
        sa.Column("version", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("computed_at", _INSTANT, nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_portfolios"),
    )
    op.create_table(
        "policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("first_used_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policies"),
    )


def _create_scores() -> None:
    op.create_table(
        "scores",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("realised_value", sa.BigInteger(), nullable=False),
        sa.Column("current_value", sa.BigInteger()),
        sa.Column("probability_active", sa.Float()),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=False),
        sa.Column("loyalty_level", sa.Text(), nullable=False),
        sa.Column("lifecycle_stage", sa.Text(), nullable=False),
        sa.Column("abc_class", sa.Text()),
        sa.Column("recency", sa.SmallInteger()),
        sa.Column("frequency", sa.SmallInteger()),
        sa.Column("monetary", sa.SmallInteger()),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.Integer()),
        sa.PrimaryKeyConstraint("customer_id", name="pk_scores"),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index("ix_scores_current_value", "scores", [sa.text("current_value DESC"), "customer_id"])
    op.create_index("ix_scores_realised_value", "scores", [sa.text("realised_value DESC"), "customer_id"])
    op.create_table(
        "reviews",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_due_at", "reviews", ["due_at"])
    op.create_table(
        "rescoring",
        sa.Column("singleton", sa.Boolean(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.Integer()),
        sa.Column("portfolio_version", sa.Integer()),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("scored", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("refold", sa.Boolean(), nullable=False),
        sa.Column("after_customer", sa.Uuid()),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT),
        sa.PrimaryKeyConstraint("singleton", name="pk_rescoring"),
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
