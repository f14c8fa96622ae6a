"""The command line of a service, run as a whole but for the process."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict
from typer.testing import CliRunner, Result

from shared.cli.commands import create_cli
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.runtime import Component
from shared.service import Platform, ServiceDefinition
from shared.settings import ServiceSettings
from shared.web.app import create_app
from tests.support.dead_letters import add_dead_letter, create_messaging_tables
from tests.support.postgres import DatabaseFactory
from tests.support.toy_migrations import create_toy_migrations
from tests.support.toy_service import router


class ToySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="RAPPORT_TOY_")


def create_api(platform: Platform[ToySettings]) -> FastAPI:
    return create_app("toy", title="Notes", description="", version="1", platform=platform, routers=[router])


def create_worker(_platform: Platform[ToySettings]) -> Sequence[Component]:
    return ()


TOY = ServiceDefinition("toy", ToySettings, create_api, create_worker)


@pytest.fixture(autouse=True)
def logging_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's own configuration would outlive it, and write to a stream that is closed with the command."""
    monkeypatch.setattr("shared.cli.commands.configure_logging", lambda **_: None)


@pytest.fixture
async def dsn(database_factory: DatabaseFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the toy service, named in the environment with all else that its settings need."""
    dsn = await database_factory(None)
    environment = {
        "RAPPORT_TOY_DATABASE_URL": dsn,
        "RAPPORT_BROKER_DATABASE_URL": dsn,
        "RAPPORT_JWT_ISSUER": "https://issuer.test",
        "RAPPORT_JWKS_FILE": "jwks.json",
        "RAPPORT_LOG_LEVEL": "WARNING",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return dsn


async def run(*arguments: str) -> Result:
    """In a thread, since commands start event loops of their own."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(create_cli(TOY), arguments))


@pytest.mark.usefixtures("dsn")
async def test_good_settings_are_said_to_be_complete() -> None:
    result = await run("--check-settings")

    assert (result.exit_code, result.stdout) == (0, "the settings are complete\n")


@pytest.mark.parametrize("command", [["--check-settings"], ["api"], ["worker"], ["migrate"], ["dead-letters", "list"]])
@pytest.mark.usefixtures("dsn")
async def test_bad_settings_stop_every_command_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("RAPPORT_TOY_PROT", "1")

    result = await run(*command)

    assert result.exit_code == 2
    assert "RAPPORT_TOY_PROT is not a setting; did you mean RAPPORT_TOY_PORT?" in result.stderr


async def test_without_a_command_help_is_shown() -> None:
    result = await run()

    assert result.exit_code == 2
    assert "dead-letters" in result.stdout


async def test_the_api_document_needs_no_settings() -> None:
    result = await run("openapi")

    document: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {"/v1/notes", "/v1/dead-letters"} <= set(document["paths"])


async def test_migrating_and_checking(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_toy_migrations(tmp_path, monkeypatch)

    migrated, agreeing = await run("migrate"), await run("migrate", "--check")
    (folder / "env.py").write_text(
        (folder / "env.py").read_text().replace('server_default="red"', 'server_default="blue"')
    )
    drifted = await run("migrate", "--check")

    assert dsn
    assert (migrated.exit_code, migrated.stdout) == (0, "toy: the schema is up to date\n")
    assert (agreeing.exit_code, agreeing.stdout) == (0, "toy: the schema is as the models say\n")
    assert drifted.exit_code == 1
    assert "colour" in drifted.stderr


async def test_migrating_a_database_that_is_away_is_a_plain_failure(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_toy_migrations(tmp_path, monkeypatch)
    monkeypatch.setenv("RAPPORT_TOY_DATABASE_URL", dsn.replace("/test_", "/gone_"))

    result = await run("migrate")

    assert result.exit_code == 1
    assert "migrating toy failed" in result.stderr


async def test_dead_letters_from_the_command_line(dsn: str) -> None:
    database = Database(create_engine(dsn, pool_size=2, application_name="test"))
    await create_messaging_tables(database)
    for offset in range(2):
        await add_dead_letter(database, consumer="toy.worker", offset=offset)
    await database.dispose()

    listed = await run("dead-letters", "list")
    as_json = await run("dead-letters", "list", "--consumer", "toy.worker", "--json")
    shown = await run("dead-letters", "show", "1", "--json")
    redriven = await run("dead-letters", "redrive", "1")
    discarded = await run("dead-letters", "discard", "2")
    unknown = await run("dead-letters", "show", "9")
    unbounded = await run("dead-letters", "redrive")

    assert "toy.worker" in listed.stdout
    assert [letter["id"] for letter in json.loads(as_json.stdout)] == [2, 1]
    assert json.loads(shown.stdout)["value"] == '{"a": "é�"}'
    assert redriven.stdout == "1 will be tried again\n"
    assert discarded.stdout == "2 is discarded\n"
    assert (unknown.exit_code, unbounded.exit_code) == (1, 1)
    assert "there is no dead letter 9" in unknown.stderr
