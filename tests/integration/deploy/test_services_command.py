"""`python -m services` as a process: its messages, its signals, and kill -9."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from deploy.local.data_folder import DataFolder
from deploy.local.issuer import LocalIssuer
from deploy.local.ports import HOST, Ports, require_free, variable_of
from deploy.local.postgres import PostgresServer
from tests.support.eventually import eventually
from tests.support.source import ROOT


@contextmanager
def started(data_dir: Path, ports: Ports) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, **{variable_of(part): str(port) for part, port in asdict(ports).items()}}
    command = [sys.executable, "-m", "services", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What the process says up to the line that has `text`; pytest's time limit guards the waiting."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended with {process.wait()} without saying {text!r}:\n{said}")


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    with started(tmp_path / "data", require_free(Ports.any_free())) as process:
        said = read_until(process, "Ctrl-C stops everything")
        assert "export TOKEN=" in said
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert not PostgresServer(tmp_path / "data" / "postgres").is_running()


def test_a_taken_port_ends_it_with_a_message_and_without_a_traceback(tmp_path: Path) -> None:
    ports = require_free(Ports.any_free())
    with started(tmp_path / "one", ports) as first:
        read_until(first, "Ctrl-C stops everything")
        with started(tmp_path / "two", ports) as second:
            _, said = second.communicate(timeout=60)
            assert second.returncode == 1
            assert f"port {ports.customer}, wanted by customer, is in use by process {first.pid}" in said
            assert "Traceback" not in said
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0


@pytest.mark.crash
async def test_what_was_committed_is_there_after_kill_9(tmp_path: Path) -> None:
    ports = require_free(Ports.any_free())
    folder = DataFolder(tmp_path / "data")
    with started(folder.root, ports) as process:
        read_until(process, "Ctrl-C stops everything")
        token = LocalIssuer(folder.issuer, f"http://{HOST}:{ports.issuer}").mint()
        url = f"http://{HOST}:{ports.customer}/v1/customers"
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
            person = {"kind": "person", "full_name": "Test Customer 1"}
            created = (await client.post(url, json=person)).raise_for_status().json()
            process.kill()
            process.wait()
            with started(folder.root, ports) as again:
                read_until(again, "Ctrl-C stops everything")

                async def found() -> bool:
                    answer = await client.get(f"{url}/{created['customer_id']}")
                    return bool(answer.json() == created)

                await eventually(found)
                again.send_signal(signal.SIGINT)
                assert again.wait(30) == 0
