"""The tables of this service: one registry of its own, with the platform's tables beside the capabilities'."""

from sqlmodel import SQLModel

from shared.db.base import create_registry
from shared.messaging.tables import add_messaging_tables
from shared.scheduling import add_scheduling_table
from shared.web.tables import add_idempotency_table


class Base(SQLModel, registry=create_registry()):
    """`class Interaction(Base, table=True)`."""


add_messaging_tables(Base.metadata)
add_idempotency_table(Base.metadata)
add_scheduling_table(Base.metadata)
