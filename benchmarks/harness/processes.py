"""Services and references as processes of their own, which end with the benchmark whatever happens."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from benchmarks.harness.accounting import cpu_seconds, megabytes
from benchmarks.harness.machine import ROOT
from deploy.local.ports import HOST, free_ports

_SECONDS_TO_START = 180.0
_SECONDS_TO_STOP = 30.0


class ProcessFailed(RuntimeError):
    """A process ended, or did not get ready; the message ends with what it said last."""


class BenchProcess:
    """`python -m MODULE ARGUMENTS`, with its output in a file."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._command = [sys.executable, "-m", *arguments]
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "KAFKA_", "PORT_"))
        }
        # Without cached bytecode each start would compile all libraries anew.
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        self._environment = {**inherited, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started within the block, without waiting until it is ready."""
        self.start()
        try:
            yield
        finally:
            await asyncio.to_thread(self.stop)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    def start(self) -> None:
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C reaches the benchmark alone, which then stops what it started.
            self._process = subprocess.Popen(  # noqa: S603 - our own modules
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what has not ended by then."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def result(self, seconds: float) -> dict[str, Any]:
        """The JSON object that the process printed in the end, once it has ended. Raises ProcessFailed."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        try:
            status = await asyncio.to_thread(self._process.wait, seconds)
        except subprocess.TimeoutExpired:
            raise ProcessFailed(f"{self.name} took longer than {seconds:.0f} s:\n{self.tail()}") from None
        begun = self._log.read_text(errors="replace").rpartition("\n{")
        if status != 0 or not begun[2]:
            raise ProcessFailed(f"{self.name} ended with status {status}:\n{self.tail()}")
        answer: dict[str, Any] = json.loads(begun[2] if not begun[1] else "{" + begun[2])
        return answer

    def require_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            raise ProcessFailed(f"{self.name} ended:\n{self.tail()}")

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def megabytes(self) -> float:
        return megabytes(self.pid)

    def tail(self, characters: int = 3000) -> str:
        return self._log.read_text(errors="replace")[-characters:] if self._log.exists() else "(it said nothing)"


class HttpProcess(BenchProcess):
    """One that serves HTTP on `port`; as an async context manager it is ready within, and stopped at the end."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        port: int,
        ready_path: str = "/readyz",
    ) -> None:
        super().__init__(name, arguments, environment, log)
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self._ready_path = ready_path

    async def __aenter__(self) -> Self:
        self.start()
        try:
            await self._wait_ready()
        except BaseException:
            await asyncio.to_thread(self.stop)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    async def _wait_ready(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        last = "no answer"
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                self.require_running()
                try:
                    answer = await client.get(self.url + self._ready_path)
                    if answer.status_code == 200:
                        return
                    last = answer.text
                except httpx.TransportError as error:
                    last = repr(error)
                if time.monotonic() > deadline:
                    raise ProcessFailed(f"{self.name} is not ready: {last}\n{self.tail()}")
                await asyncio.sleep(0.05)


def free_port() -> int:
    return free_ports(1)[0]
