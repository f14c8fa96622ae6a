"""One PostgreSQL server per test run, shared by xdist workers; cheap databases cloned from migrated templates."""

import asyncio
import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from deploy.local.postgres import PostgresServer
from shared.db.migrate import upgrade

RUN_DIR = "RAPPORT_TEST_RUN_DIR"
"""Environment variable: the folder of this test run, made by the controlling pytest, inherited by its workers."""


def open_run() -> None:
    os.environ[RUN_DIR] = tempfile.mkdtemp(prefix="rapport-tests-")


def close_run() -> None:
    folder = Path(os.environ.pop(RUN_DIR))
    run_server(folder).stop()
    shutil.rmtree(folder)


def run_folder() -> Path:
    return Path(os.environ[RUN_DIR])


@functools.cache
def run_server(folder: Path) -> PostgresServer:
    """The server of a test run: it survives kill -9, not a power cut."""
    return PostgresServer(folder / "pg", durable=False)


@contextlib.contextmanager
def run_lock(name: str) -> Iterator[None]:
    """Held by one process of this test run at a time; released by the kernel when its holder dies."""
    with (run_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
