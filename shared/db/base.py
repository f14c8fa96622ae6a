"""Tables of one service: a registry and MetaData of its own, since several services may live in one process."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def create_registry() -> registry:
    """For the base of one service's tables: `class Base(SQLModel, registry=create_registry())`, which mypy can read."""
    return registry(metadata=MetaData(naming_convention=NAMING))


def create_base() -> type[SQLModel]:
    """The same base made at run time, for tests and tools that need one in passing."""

    class Base(SQLModel, registry=create_registry()):
        pass

    return Base
