"""Commands that work on the service's database: one event loop each, and failures that are expected told in a line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import create_engine
from shared.db.session import Database
from shared.errors import RapportError
from shared.settings import ServiceSettings

T = TypeVar("T")


def run_on_database(settings: ServiceSettings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Ends the command with status 1, saying why on standard error, where `work` raises RapportError."""
    try:
        return asyncio.run(_open(settings, work))
    except RapportError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error


def run_in_transaction(settings: ServiceSettings, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """The same in one transaction, which is committed when `work` has ended well."""

    async def transact(database: Database) -> T:
        async with database.transaction() as session:
            return await work(session)

    return run_on_database(settings, transact)


async def _open(settings: ServiceSettings, work: Callable[[Database], Awaitable[T]]) -> T:
    dsn = settings.database_url.get_secret_value()
    database = Database(create_engine(dsn, pool_size=2, application_name="rapport-cli"))
    try:
        return await work(database)
    finally:
        await database.dispose()
