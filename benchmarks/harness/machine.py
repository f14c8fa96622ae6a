"""On what, and with what, a measurement was made: without that a figure says nothing."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from deploy.local.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "aiokafka", "asyncpg", "fastapi", "httptools", "msgspec", "pydantic", "sqlalchemy", "sqlmodel", "uvicorn", "uvloop",
    "numpy", "scipy", "faststream", "quixstreams",
)  # fmt: skip


def describe_machine() -> dict[str, str | int | float]:
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gigabytes": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def describe_versions(postgres: str, kafka: str | None) -> dict[str, str]:
    """Of Python, the servers and the libraries that are installed."""
    versions = {"python": platform.python_version(), "postgresql": postgres}
    if kafka is not None:
        versions["kafka"] = kafka
    return versions | {name: found for name in LIBRARIES if (found := _installed(name)) is not None}


async def postgres_version(server: PostgresServer) -> str:
    connection = await server.connect("postgres")
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def describe_commit() -> str:
    """The commit measured, with `+` where the tree differs from it; `unknown` outside of a checkout."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def load_average() -> Mapping[str, float]:
    """How busy the machine was with anything, over the last minute: near 0 before a measurement worth keeping."""
    return {"one_minute": round(os.getloadavg()[0], 2)}


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
