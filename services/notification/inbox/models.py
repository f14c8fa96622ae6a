"""The in-app inbox: what a customer finds there, and whether it was read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, Identity, Index, Text, Uuid, text
from sqlmodel import Field

from services.notification.database import Base


class InboxItem(Base, table=True):
    """`item_id` is the id of the message, so that an item can be there once only.

    `place` rises in the order of commits within an inbox, whose customer is locked by whoever lays something down.
    """

    __tablename__ = "inbox_items"
    __table_args__ = (
        Index("ix_inbox_items_customer", "customer_id", "created_at", "item_id"),
        Index("ix_inbox_items_place", "customer_id", "place"),
        Index("ix_inbox_items_unread", "customer_id", postgresql_where=text("read_at IS NULL")),
    )

    item_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    rule: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    place: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False))
    read_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
