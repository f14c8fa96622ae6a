"""Accounts: who looks after a customer, whom we know there, what they need, days to think of, and who changed what

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_TEXTS = ("gender", "occupation", "industry", "income_band", "acquisition_source", "owner_id")
_FLAGS = ("deceased", "key_account")
_COUNTS = ("active_contacts", "executive_contacts", "contacts_left", "abuse_flags_active", "abuse_flags_total")
_LISTS = ("important_dates", "wallet", "contacts")
_OBJECTS = ("do_not_disturb", "owner", "backup_owner")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    _widen_customers()
    _create_contacts()
    _create_handovers()
    _create_needs()
    _create_swot_analyses()
    _create_abuse_flags()
    _create_journal_entries()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("journal_entries", "abuse_flags", "swot_analyses", "needs", "handovers", "contacts"):
        op.drop_table(table)
    op.drop_index("ix_customers_accounts", "customers")
    op.drop_index("ix_customers_owner_id", "customers")
    for column in ("interests", "main_contact_left_at", *_TEXTS, *_FLAGS, *_COUNTS, *_LISTS, *_OBJECTS):
        op.drop_column("customers", column)


def _widen_customers() -> None:
    """The defaults stay: processes of the version before insert customers without these columns."""
    columns = [sa.Column(name, sa.Text()) for name in _TEXTS]
    columns += [sa.Column(name, postgresql.JSONB()) for name in _OBJECTS]
    columns += [sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False) for name in _FLAGS]
    columns += [sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in _COUNTS]
    columns += [
        sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False) for name in _LISTS
    ]
    columns.append(
        sa.Column("interests", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False)
    )
    columns.append(sa.Column("main_contact_left_at", _INSTANT))
    for column in columns:
        op.add_column("customers", column)
    op.create_index(
        "ix_customers_owner_id",
        "customers",
        ["owner_id", "customer_id"],
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index(
        "ix_customers_accounts", "customers", ["customer_id"], postgresql_where=sa.text("kind = 'organisation'")
    )


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer_id"], ["customers.customer_id"], name=f"fk_{table}_customer_id", ondelete="CASCADE"
    )


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.Text()),
        sa.Column("family_name", sa.Text()),
        sa.Column("full_name", sa.Text()),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("position", sa.Text()),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("birthday", postgresql.JSONB()),
        sa.Column("contact_points", postgresql.JSONB(), nullable=False),
        sa.Column("important_dates", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("left_at", _INSTANT),
        sa.Column("left_reason", sa.Text()),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
        _of_customer("contacts"),
    )
    op.create_index("ix_contacts_customer_id", "contacts", ["customer_id", "contact_id"])
    op.create_index("uq_contacts_main", "contacts", ["customer_id"], unique=True, postgresql_where=sa.text("main"))


def _create_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_owner_id", sa.Text()),
        sa.Column("to_owner_id", sa.Text()),
        sa.Column("from_contact_id", sa.Uuid()),
        sa.Column("to_contact_id", sa.Uuid()),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("completed_at", _INSTANT),
        sa.Column("completed_by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("handover_id", name="pk_handovers"),
        _of_customer("handovers"),
    )
    op.create_index("ix_handovers_customer_id", "handovers", ["customer_id", "handover_id"])
    op.create_index(
        "ix_handovers_open", "handovers", ["due_at", "handover_id"], postgresql_where=sa.text("completed_at IS NULL")
    )


def _create_needs() -> None:
    op.create_table(
        "needs",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("evidence", sa.Text()),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("need_id", name="pk_needs"),
        _of_customer("needs"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.contact_id"], name="fk_needs_contact_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_needs_customer_id", "needs", ["customer_id", "need_id"])
    op.create_index("ix_needs_contact_id", "needs", ["contact_id"])


def _create_swot_analyses() -> None:
    parts = ("strengths", "weaknesses", "opportunities", "threats")
    op.create_table(
        "swot_analyses",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(part, postgresql.ARRAY(sa.Text()), nullable=False) for part in parts),
        sa.Column("written_at", _INSTANT, nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "version", name="pk_swot_analyses"),
        _of_customer("swot_analyses"),
    )


def _create_abuse_flags() -> None:
    op.create_table(
        "abuse_flags",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_at", _INSTANT, nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("cleared_at", _INSTANT),
        sa.Column("cleared_by", sa.Text()),
        sa.Column("cleared_reason", sa.Text()),
        sa.PrimaryKeyConstraint("flag_id", name="pk_abuse_flags"),
        _of_customer("abuse_flags"),
    )
    op.create_index("ix_abuse_flags_customer_id", "abuse_flags", ["customer_id", "flag_id"])


def _create_journal_entries() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("reason", sa.Text()),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_journal_entries"),
        _of_customer("journal_entries"),
    )
    op.create_index("ix_journal_entries_customer_id", "journal_entries", ["customer_id", "entry_id"])
