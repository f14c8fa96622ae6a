"""Tables of the feed of changed customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Column, Identity, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.scoring.changes.follower import Follower
from services.scoring.database import Base


class ChangeFeed(Base, table=True):
    """Who follows at present; while nobody does nothing is written down, and a batch costs an empty table looked at."""

    __tablename__ = "change_feed"

    follower: Follower = Field(sa_column=Column(Text, primary_key=True, server_default=text("'segments'")))
    singleton: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
    """Written by workers of the release before."""
    opened_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))


class ChangedCustomers(Base, table=True):
    """Whom one transaction changed, a row for each follower, who deletes it. `silent`: because everybody was computed
    anew, and nobody should be written to because of it."""

    __tablename__ = "changed_customers"

    follower: Follower = Field(sa_column=Column(Text, primary_key=True, server_default=text("'segments'")))
    change_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    customer_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    silent: bool = Field(sa_column=Column(Boolean, nullable=False))


# Nothing reads or writes these any more, but workers of the release before do while this one is rolled out; a migration
# of the next release drops them, `singleton`, and the defaults of `follower`.
Table("customer_watch", Base.metadata, Column("singleton", Boolean, primary_key=True))
Table(
    "touched_customers",
    Base.metadata,
    Column("touch_id", BigInteger, Identity(always=True), primary_key=True),
    Column("customer_ids", ARRAY(Uuid()), nullable=False),
)
