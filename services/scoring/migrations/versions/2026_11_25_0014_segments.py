"""Segments: stored queries, who is in them, and the feed of changed customers that keeps them current

Revision: 0014
After: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_TEXTS = postgresql.ARRAY(sa.Text())

_SUBJECT = {
    sa.Text(): (
        "kind", "lifecycle", "language", "time_zone", "region", "industry", "acquisition_source", "owner_id",
        "backup_owner_id", "loyalty_level", "lifecycle_stage", "abc_class", "quadrant", "partnership_stage",
    ),
    _TEXTS: ("tags", "coverage_risks", "churn_reasons", "categories"),
    sa.Boolean(): ("key_account", "main_contact_gone"),
    sa.Numeric(): (
        "contacts", "abuse_flags", "wallet", "realised_value", "last_12_months", "current_value", "growth_potential",
        "lifetime_profit", "cost_to_serve", "probability_active", "satisfaction", "loyalty", "churn_risk", "recency",
        "frequency", "monetary", "purchases", "purchase_days", "revenue", "category_count", "returns", "visits",
        "referrals", "surveys", "complaints", "open_complaints", "late_invoices", "competitor_signs",
    ),
    sa.Date(): ("first_purchase_on", "last_purchase_on"),
    _INSTANT: ("registered_at", "first_interaction_at", "last_interaction_at"),
}  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_feed()
    op.create_table(
        "customer_traits",
        sa.Column("customer_id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("lifecycle", "language", "time_zone")),
        sa.Column("tags", _TEXTS, nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("acquisition_source", "owner_id", "backup_owner_id")),
        sa.Column("contacts", sa.Integer()),
        sa.Column("coverage_risks", _TEXTS, nullable=False),
    )
    op.create_table(
        "segment_subjects",
        sa.Column("customer_id", sa.Uuid(), primary_key=True),
        sa.Column("next_at", _INSTANT),
        *(sa.Column(name, kind) for kind, names in _SUBJECT.items() for name in names),
    )
    op.create_index(
        "ix_segment_subjects_next_at", "segment_subjects", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL")
    )
    _create_segments()


def _create_feed() -> None:
    op.create_table(
        "change_feed",
        sa.Column("singleton", sa.Boolean(), primary_key=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "changed_customers",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("customer_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "segment_index",
        sa.Column("singleton", sa.Boolean(), primary_key=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("after_customer", sa.Uuid()),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("filled_at", _INSTANT),
    )


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("segment_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("condition", postgresql.JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("after_customer", sa.Uuid()),
        sa.Column("computed_at", _INSTANT),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
    )
    op.create_index(
        "uq_segments_name", "segments", ["name"], unique=True, postgresql_where=sa.text("state <> 'removing'")
    )
    op.create_index("ix_segments_state", "segments", ["state"], postgresql_where=sa.text("state <> 'current'"))
    op.create_table(
        "segment_members",
        sa.Column("segment_id", sa.Uuid(), sa.ForeignKey("segments.segment_id"), primary_key=True),
        sa.Column("customer_id", sa.Uuid(), primary_key=True, index=True),
        sa.Column("since", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (
        "segment_members", "segments", "segment_index", "segment_subjects", "customer_traits", "changed_customers",
        "change_feed",
    ):  # fmt: skip
        op.drop_table(table)
