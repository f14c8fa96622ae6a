"""The platform of the demo: `python -m services` in a process of its own, on a clock that the demo moves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from deploy.local.data_folder import DataFolder
from deploy.local.issuer import CLIENT_ID, LocalIssuer
from deploy.local.ports import HOST, Ports
from deploy.local.stack import BrokerKind

_SECONDS_TO_START = 120.0
_SECONDS_TO_STOP = 60.0
_SERVICES = ("customer", "interaction", "scoring", "notification")


class StackFailed(Exception):
    """The platform did not start; the message says why."""


@dataclass(frozen=True, slots=True)
class StackAddress:
    urls: dict[str, str]
    issuer: LocalIssuer
    folder: DataFolder
    started_in_seconds: float

    @property
    def client(self) -> tuple[str, str]:
        """Id and secret of the one client that the laptop's issuer knows."""
        return CLIENT_ID, self.issuer.client_secret


@contextmanager
def hosted_stack(
    folder: DataFolder, broker: BrokerKind, opens: datetime, progress: Callable[[str], None]
) -> Iterator[StackAddress]:
    """A running platform within the block.

    Its process stands in a group of its own, so that Ctrl-C reaches the demo alone, which then stops it in order.
    Raises StackFailed with what the platform itself said.
    """
    command = [sys.executable, "-m", "services", "--broker", broker, "--data-dir", str(folder.root)]
    command += ["--clock", f"{opens:%Y-%m-%dT%H:%M:%S}"]
    folder.root.mkdir(parents=True, exist_ok=True)
    said = folder.root / "start.log"
    began = time.monotonic()
    with (
        said.open("w") as output,
        subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        try:
            ports = Ports.from_environment(os.environ)
            urls = {name: f"http://{HOST}:{getattr(ports, name)}" for name in ("issuer", *_SERVICES)}
            _await_ready(process, urls, said, progress)
            issuer = LocalIssuer(folder.issuer, urls["issuer"])
            yield StackAddress(urls, issuer, folder, time.monotonic() - began)
        finally:
            _stop(process)


def _await_ready(
    process: subprocess.Popen[bytes], urls: dict[str, str], said: Path, progress: Callable[[str], None]
) -> None:
    """Ready means ready by the word of the process started here: another platform may hold the same ports."""
    deadline = time.monotonic() + _SECONDS_TO_START
    told = 0
    with httpx.Client(timeout=5, trust_env=False) as http:
        while True:
            lines = said.read_text(encoding="utf-8").splitlines()
            for line in lines[told:]:
                if "is ready" in line and all(_ready(http, urls[name]) for name in _SERVICES):
                    return
                progress(line)
                told += 1
            if process.poll() is not None:
                raise StackFailed("\n".join(lines) or f"the platform ended with status {process.returncode}")
            if time.monotonic() > deadline:
                raise StackFailed(
                    f"the platform was not ready in {_SECONDS_TO_START:.0f} s; it said:\n" + "\n".join(lines)
                )
            time.sleep(0.05)


def _ready(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
