"""The folder of one test run, shared by its xdist workers: its servers live there, and end with it."""

import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import psutil

from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer

RUN_DIR = "RAPPORT_TEST_RUN_DIR"
"""Environment variable: the folder of this run, made by the controlling pytest, inherited by its workers."""

_MEMORY = Path("/dev/shm")
_ENOUGH_MEMORY_BYTES = 6 * 2**30
_PREFIX = "rapport-tests-"
_ALIVE = "alive"
_held: list[TextIO] = []


def prefer_memory() -> None:
    """Has temporary files in memory where there is enough, unless TMPDIR says where: a database is cloned for nearly
    every test, ten times as fast as on a disk. Servers that are killed find their files again there as well.
    """
    if _MEMORY.is_dir():
        with _one_at_a_time(_MEMORY):
            _end_abandoned(_MEMORY)  # what a killed run left there is memory that nobody else gives back
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and _spare_bytes() >= _ENOUGH_MEMORY_BYTES:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # so that it is looked up again


def _spare_bytes() -> int:
    """What the file system takes may be more than the machine has left."""
    return min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available)


def open_run() -> None:
    """Makes the folder, and ends what earlier runs left behind that were killed."""
    temporary = Path(tempfile.gettempdir())
    with _one_at_a_time(temporary):
        _end_abandoned(temporary)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        alive_file = (folder / _ALIVE).open("w")
        fcntl.flock(alive_file, fcntl.LOCK_EX)  # until this process ends, however it ends
    _held.append(alive_file)
    os.environ[RUN_DIR] = str(folder)


def close_run() -> None:
    folder = Path(os.environ.pop(RUN_DIR))
    _end(folder)
    _held.pop().close()


def run_folder() -> Path:
    return Path(os.environ[RUN_DIR])


@contextlib.contextmanager
def run_lock(name: str) -> Iterator[None]:
    """Held by one process of this run at a time; released by the kernel when its holder dies."""
    with (run_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def run_server(folder: Path) -> PostgresServer:
    """The PostgreSQL of a test run, started or not: it survives kill -9, not a power cut."""
    return PostgresServer(folder / "pg", durable=False)


@functools.cache
def run_cluster(folder: Path) -> KafkaCluster:
    """The Kafka of a test run, started or not."""
    return KafkaCluster(folder / "kafka")


@contextlib.contextmanager
def _one_at_a_time(temporary: Path) -> Iterator[None]:
    """A folder that is being made has nobody's lock yet: whoever ends abandoned ones waits."""
    with (temporary / f"{_PREFIX}{os.geteuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _end(folder: Path) -> None:
    run_server(folder).stop()
    run_cluster(folder).stop()
    shutil.rmtree(folder)


def _end_abandoned(temporary: Path) -> None:
    for alive in temporary.glob(f"{_PREFIX}*/{_ALIVE}"):
        _end_if_abandoned(alive)


def _end_if_abandoned(alive: Path) -> None:
    with contextlib.suppress(PermissionError), alive.open("w") as file:  # somebody else's
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _end(alive.parent)
