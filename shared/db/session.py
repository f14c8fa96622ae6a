"""Transactions: the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from shared.errors import Unavailable

# 08 connection, 40 serialization and deadlock, 53 resources, 55P03 lock timeout, 57P shutdown, 58 system error.
_PASSING_SQLSTATES = ("08", "40", "53", "55P03", "57P", "58")


def is_passing(error: BaseException) -> bool:
    """Whether a database error says nothing about the statement, so that the same work may succeed later."""
    if isinstance(error, PoolTimeout | ConnectionError | OSError | asyncpg.InterfaceError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_PASSING_SQLSTATES)
    return isinstance(error, InterfaceError | OperationalError)


class Database:
    """Sessions over one engine: `transaction` commits when its block ends well, `snapshot` never writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed at the end of the block, rolled back on any error.

        Raises Unavailable when the database is away, restarting or overloaded, or ended this transaction to break a
        deadlock: the block may be run again. Only when the connection broke during the commit itself is it unknown
        whether the changes stand, so a repeated block must be idempotent.
        """
        async with (
            self._translated(),
            AsyncSession(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Reads of one consistent state, in a read-only REPEATABLE READ transaction. Raises Unavailable as above."""
        async with self._translated(), AsyncSession(self._engine, expire_on_commit=False) as session:
            await session.connection(
                execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            )
            yield session

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            if is_passing(error):
                raise Unavailable(
                    "the database does not answer at present; try again shortly", code="database_unavailable"
                ) from error
            raise

    async def dispose(self) -> None:
        await self._engine.dispose()


async def driver(session: AsyncSession) -> "asyncpg.Connection[Any]":
    """The asyncpg connection under a session's transaction, for COPY and array statements on hot paths."""
    raw = await (await session.connection()).get_raw_connection()
    return cast("asyncpg.Connection[Any]", raw.driver_connection)
