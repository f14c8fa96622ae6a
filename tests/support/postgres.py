"""Cheap databases for tests, cloned from templates that are migrated once per test run."""

import asyncio
import uuid

from deploy.local.postgres import PostgresServer
from shared.db.migrate import upgrade
from tests.support.run_folder import run_lock


class DatabaseFactory:
    """`await factory("customer")` gives the DSN of a fresh database with that service's schema, `None` an empty one."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._names: list[str] = []
        self._template_lock = asyncio.Lock()

    async def __call__(self, service: str | None = None) -> str:
        name = f"test_{service or 'empty'}_{uuid.uuid4().hex[:12]}"
        template = "template0" if service is None else await self._migrated_template(service)
        await self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY')
        self._names.append(name)
        return self._server.dsn(name)

    async def drop_all(self) -> None:
        while self._names:
            await self._administer(f'DROP DATABASE "{self._names.pop()}" WITH (FORCE)')

    async def _migrated_template(self, service: str) -> str:
        name = f"template_{service}"
        # The file lock blocks the loop on purpose, since a thread waiting for it would outlive a cancelled test;
        # so no two tasks of one loop may ask for it.
        async with self._template_lock:
            with run_lock(name):
                await self._ensure_template(service, name)
        return name

    async def _ensure_template(self, service: str, name: str) -> None:
        if await self._exists(name):
            return
        building = f"{name}_building"
        await self._administer(f'DROP DATABASE IF EXISTS "{building}"')
        await self._administer(f'CREATE DATABASE "{building}"')
        await asyncio.to_thread(upgrade, service, self._server.dsn(building))
        await self._administer(f'ALTER DATABASE "{building}" RENAME TO "{name}"')

    async def _exists(self, database: str) -> bool:
        connection = await self._server.connect("postgres")
        try:
            return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database))
        finally:
            await connection.close()

    async def _administer(self, statement: str) -> None:
        connection = await self._server.connect("postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
