"""Offers: documents that mails carry, and coupon codes that they give away

Revision: 0015
After: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "documents",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_documents"),
    )
    op.create_index("ix_documents_time", "documents", ["uploaded_at", "digest"])
    op.create_table(
        "coupon_codes",
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("given_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("list_name", "code", name="pk_coupon_codes"),
    )
    op.create_index(
        "ix_coupon_codes_free",
        "coupon_codes",
        ["list_name", "position"],
        postgresql_where=sa.text("message_id IS NULL"),
    )
    op.create_index(
        "uq_coupon_codes_message",
        "coupon_codes",
        ["message_id"],
        unique=True,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    attachments = sa.Column("attachments", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb"))
    op.add_column("template_versions", attachments)
    op.add_column("template_versions", sa.Column("coupon_list", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("attachments", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("messages", "attachments")
    op.drop_column("template_versions", "coupon_list")
    op.drop_column("template_versions", "attachments")
    op.drop_table("coupon_codes")
    op.drop_table("documents")
