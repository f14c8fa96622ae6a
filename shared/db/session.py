"""Transactions: the only place that commits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn, cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from shared.errors import InvalidInput, Unavailable

# 08 connection, 40 serialization and deadlock, 53 resources, 55P03 lock timeout, 57P shutdown, 58 system error.
_PASSING_SQLSTATES = ("08", "40", "53", "55P03", "57P", "58")
# With these the server says that the transaction was rolled back; any other broken commit leaves it unknown.
_ROLLED_BACK_SQLSTATES = ("40", "53", "55P03")
_UNSTORABLE_SQLSTATES = ("22021", "22P05")


def is_passing(error: BaseException) -> bool:
    """Whether a database error says nothing about the statement, so that the same work may succeed later."""
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError):
        return True
    state = _sqlstate(error)
    if state is not None:
        return state.startswith(_PASSING_SQLSTATES)
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        cause = error.orig.__cause__ if error.orig is not None else None
        return isinstance(error, InterfaceError | OperationalError) and not isinstance(cause, asyncpg.DataError)
    # asyncpg reports a lost connection and a wrongly typed argument by one family of errors; the latter is a bug. A
    # connection lost between two steps of one statement surfaces as a broken state machine ("cannot switch to state").
    lost = asyncpg.InterfaceError | asyncpg.InternalClientError
    return isinstance(error, lost) and not isinstance(error, ValueError | TypeError)


def _sqlstate(error: BaseException) -> str | None:
    source = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(source, "sqlstate", None)
    return state if isinstance(state, str) else None


class Database:
    """Sessions over one engine: `transaction` commits when its block ends well, `snapshot` never writes.

    Both take a connection only with the first statement, and give it back when the block ends; a session used after
    its block raises.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._before_dispose: list[Callable[[], Awaitable[None]]] = []

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed at the end of the block, rolled back on any error.

        Raises Unavailable (`database_unavailable`) when the database is away, restarting or overloaded, or ended this
        transaction to break a deadlock: the block may be run again. Only when the connection broke during the commit
        itself (`commit_unknown`) is it not known whether the changes stand, so a repeated block must be idempotent.
        """
        committing = False
        try:
            async with self._session(self._engine) as session, session.begin():
                yield session
                await session.flush()
                committing = True
        except Exception as error:
            raise_outcome(error, committing=committing)

    @asynccontextmanager
    async def direct(self) -> AsyncIterator["DirectConnection"]:
        """A connection for transactions of SQL alone, kept for the whole block: for hot paths, where a session's own
        work would be most of a transaction's. Raises Unavailable when none can be had."""
        try:
            connection = await self._engine.connect()
        except Exception as error:
            raise_outcome(error, committing=False)
        try:
            raw = await connection.get_raw_connection()
            yield DirectConnection(cast("asyncpg.Connection[Any]", raw.driver_connection))
        finally:
            await connection.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Reads of one consistent state, in a read-only REPEATABLE READ transaction. Raises Unavailable as above."""
        try:
            async with self._session(self._reading) as session:
                yield session
        except Exception as error:
            _refuse_unstorable(_sqlstate(error), error)
            if not is_passing(error):
                raise
            raise _away() from error

    @staticmethod
    def _session(engine: AsyncEngine) -> AsyncSession:
        return AsyncSession(engine, expire_on_commit=False, close_resets_only=False)

    async def check(self) -> str | None:
        """For /readyz: raises Unavailable when the database does not answer."""
        async with self.snapshot() as session:
            await session.execute(text("SELECT 1"))
        return None

    def before_dispose(self, finish: Callable[[], Awaitable[None]]) -> None:
        """`finish` is awaited before the connections are closed: for work that outlives its callers."""
        self._before_dispose.append(finish)

    async def dispose(self) -> None:
        for finish in self._before_dispose:
            await finish()
        await self._engine.dispose()


class DirectSession:
    """A transaction's SQL without an ORM: what `driver` takes in place of a session."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self.connection = connection

    async def flush(self) -> None:
        """Nothing is held back here."""


class DirectConnection:
    """Transactions one after another on one connection."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    @property
    def lost(self) -> bool:
        return bool(self._connection.is_closed())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DirectSession]:
        """One unit of work, with the promises and errors of `Database.transaction`."""
        committing = False
        try:
            async with self._connection.transaction():
                yield DirectSession(self._connection)
                committing = True
        except Exception as error:
            raise_outcome(error, committing=committing)


def raise_outcome(error: Exception, *, committing: bool) -> NoReturn:
    """Raises what a failed transaction means to its caller; what is a bug passes through."""
    state = _sqlstate(error)
    _refuse_unstorable(state, error)
    if not is_passing(error):
        raise error
    if committing and not (state is not None and state.startswith(_ROLLED_BACK_SQLSTATES)):
        raise Unavailable(
            "the connection broke during the commit, so it is not known whether the change was made; repeat "
            "it with the same idempotency key, or look before repeating",
            code="commit_unknown",
        ) from error
    raise _away() from error


SqlSession = AsyncSession | DirectSession
"""A transaction for code that sends its SQL through `driver` alone."""


def _refuse_unstorable(state: str | None, error: Exception) -> None:
    """PostgreSQL's text has no NUL character, while a JSON text may, and so may a parameter (%00)."""
    if state in _UNSTORABLE_SQLSTATES:
        raise InvalidInput("a text contains the NUL character; leave it out", code="text_not_storable") from error


def _away() -> Unavailable:
    return Unavailable("the database does not answer at present; try again shortly", code="database_unavailable")


async def driver(session: SqlSession) -> "asyncpg.Connection[Any]":
    """The asyncpg connection inside a session's transaction, for COPY and array statements on hot paths."""
    if isinstance(session, DirectSession):
        return session.connection
    raw = await (await session.connection()).get_raw_connection()
    connection = cast("asyncpg.Connection[Any]", raw.driver_connection)
    if not connection.is_in_transaction():
        # SQLAlchemy sends BEGIN with its own first statement only: without one, ours would each commit by itself.
        await session.execute(text("SELECT 1"))
    return connection
