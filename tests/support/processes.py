"""Services as real processes of their own, for tests that kill them."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import httpx

from deploy.local.ports import free_ports
from tests.support.eventually import eventually
from tests.support.source import ROOT
from tests.support.tokens import Tokens

SECONDS_TO_END = 30.0


def free_port() -> int:
    return free_ports(1)[0]


def service_environment(
    service: str, *, database_dsn: str, tokens: Tokens, broker: Mapping[str, str], **settings: object
) -> dict[str, str]:
    """The environment of one service's processes; `broker` as `{"broker_database_url": …}` or Kafka's settings."""
    own = {"database_url": database_dsn, **settings}
    common = {**tokens.settings(), "log_level": "INFO", **broker}
    return {
        **{f"RAPPORT_{name.upper()}": str(value) for name, value in common.items()},
        **{f"RAPPORT_{service.upper()}_{name.upper()}": str(value) for name, value in own.items()},
    }


class ServiceProcess:
    """`python -m services.<service> <role>`: started, watched through /readyz, killed and started again.

    As a context manager it is started, and killed at the end if it still runs.
    """

    def __init__(
        self,
        service: str,
        role: Literal["api", "worker", "all"],
        environment: Mapping[str, str],
        log_folder: Path,
        *,
        entrypoint: Sequence[str] = (),
        folder: Path = ROOT,
    ) -> None:
        """`entrypoint` instead of `python -m services.<service>`, run in `folder`."""
        self.name = f"{service} {role}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*(entrypoint or (sys.executable, "-m", f"services.{service}")), role]
        self._folder = folder
        port_variable = "OPS_PORT" if role == "worker" else "PORT"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "KAFKA_"))},
            **environment,
            f"RAPPORT_{service.upper()}_{port_variable}": str(self.port),
        }
        self._log_file = log_folder / f"{service}-{role}-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> Self:
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )
        return self

    async def wait_ready(self, seconds: float = 60.0) -> None:
        """Returns once /readyz says so; fails with the end of the log when the process ends or takes too long."""
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                if not self.is_running():
                    raise RuntimeError(f"{self.name} ended:\n{self.log_tail()}")
                try:
                    return (await client.get(f"{self.url}/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            try:
                await eventually(ready, seconds=seconds)
            except AssertionError as error:
                raise AssertionError(f"{self.name} is not ready: {error}\n{self.log_tail()}") from None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9: nothing is finished, nothing is said."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as an orchestrator would; returns the exit status."""
        return self._end(signal.SIGTERM)

    def log_tail(self, characters: int = 3000) -> str:
        return self._log_file.read_text(errors="replace")[-characters:] if self._log_file.exists() else "(no log)"

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait(SECONDS_TO_END)
        self._process = None
        return status
