"""The life of complaints with what was promised of them, interactions taken back, and who is a key account

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.TIMESTAMP(timezone=True)
_TEXTS = ("department", "handler", "cause")
_FLAGS = ("green_channel", "satisfied")
_INSTANTS = ("respond_by", "responded_at", "resolve_by", "followed_up_at", "closed_at", "reopened_at")


def upgrade() -> None:
    # A migration waiting for a lock blocks everybody queueing behind it: rather give up and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    columns = [sa.Column(name, sa.String()) for name in _TEXTS]
    columns += [sa.Column(name, sa.Boolean()) for name in _FLAGS]
    columns += [sa.Column(name, _INSTANT) for name in _INSTANTS]
    columns += [sa.Column("resolved_seconds", sa.BigInteger()), sa.Column("follow_up_score", sa.Integer())]
    # The defaults stay: processes of the version before insert rows without these columns.
    columns.append(sa.Column("reopenings", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for column in columns:
        op.add_column("complaints", column)
    op.create_index("ix_complaints_due", "complaints", ["resolve_by"], postgresql_where=sa.text("state = 'open'"))
    op.add_column(
        "known_customers", sa.Column("key_account", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "interaction_voids",
        sa.Column("voided_id", sa.Uuid(), nullable=False),
        sa.Column("void_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_by", sa.Uuid()),
        sa.Column("customer_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("voided_id", name="pk_interaction_voids"),
    )
    op.create_index("ix_interaction_voids_void_id", "interaction_voids", ["void_id"])
    # What the cases of the version before took: later steps work it out again.
    op.execute(
        "UPDATE complaints SET resolved_seconds = EXTRACT(epoch FROM resolved_at - opened_at)::bigint "
        "WHERE resolved_at >= opened_at"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("interaction_voids")
    op.drop_column("known_customers", "key_account")
    op.drop_index("ix_complaints_due", "complaints")
    for column in ("reopenings", "resolved_seconds", "follow_up_score", *_TEXTS, *_FLAGS, *_INSTANTS):
        op.drop_column("complaints", column)
