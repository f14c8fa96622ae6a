"""One Kafka process: broker and controller in one, over a folder of its own."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.kafka.artifacts import fetch_jars, find_java

HOST = "127.0.0.1"
_LOGGING = Path(__file__).with_name("log4j2.properties")


class KafkaFailed(RuntimeError):
    """A node did not start or stop; the message says why, as far as its log tells."""


@dataclass(frozen=True, slots=True)
class NodeAddress:
    number: int
    port: int
    controller_port: int


class KafkaNode:
    """The process outlives the Python that started it: whoever asks next finds it by its pid file."""

    def __init__(self, folder: Path, address: NodeAddress, *, heap_megabytes: int) -> None:
        self.folder = folder.resolve()
        self.address = address
        self._heap_megabytes = heap_megabytes
        self._process: subprocess.Popen[bytes] | None = None
        self._ending: psutil.Process | None = None

    @property
    def log_file(self) -> Path:
        return self.folder / "server.log"

    @property
    def properties_file(self) -> Path:
        return self.folder / "server.properties"

    @property
    def pid(self) -> int | None:
        """Of its process, None when there is none."""
        process = self._find()
        return process.pid if process is not None else None

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    def format(self, cluster_id: str, properties: dict[str, str]) -> None:
        """Writes the node's settings and, the first time, prepares its storage."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self.folder / "data"
        lines = [f"{name}={_escaped(value)}" for name, value in {**properties, "log.dirs": str(data)}.items()]
        self.properties_file.write_text("\n".join(lines) + "\n")
        if (data / "meta.properties").exists():
            return
        command = self._java("kafka.tools.StorageTool", "format", "--cluster-id", cluster_id)
        command += ["--config", str(self.properties_file), "--ignore-formatted"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode != 0:
            raise KafkaFailed(f"Kafka could not prepare {data}:\n{result.stdout}{result.stderr}")

    def launch(self) -> None:
        self._reap()
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the stack, which stops the broker last.
            self._process = subprocess.Popen(  # noqa: S603
                self._java("kafka.Kafka", str(self.properties_file)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))

    def is_running(self) -> bool:
        return self._find() is not None

    def terminate(self) -> None:
        """Asks for an orderly end; `wait` for it."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self._signal(signal.SIGKILL)

    def wait(self, deadline: float) -> None:
        """Returns when the process that was told to end has ended, so that its files and ports are free."""
        while self._ending is not None and _lives(self._ending):
            if time.monotonic() > deadline:
                raise KafkaFailed(f"Kafka node {self.address.number} did not end:\n{self.log_tail()}")
            time.sleep(0.02)
        self._reap()
        self._ending = None
        self._pid_file.unlink(missing_ok=True)

    def log_tail(self) -> str:
        return self.log_file.read_text(errors="replace")[-3000:] if self.log_file.exists() else "(no log)"

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        self._ending = self._find()
        if self._ending is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._ending.send_signal(number)

    def _find(self) -> psutil.Process | None:
        """The live process of this folder; a pid file may be stale, its number may be somebody else's by now."""
        with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            process = psutil.Process(int(self._pid_file.read_text()))
            # Our own child's command line may still be empty; it is told by its number.
            ours = self._process is not None and self._process.pid == process.pid
            if _lives(process) and (ours or str(self.properties_file) in process.cmdline()):
                return process
        return None

    def _java(self, main: str, *arguments: str) -> list[str]:
        options = [
            f"-Xmx{self._heap_megabytes}m",
            f"-Xms{min(self._heap_megabytes, 128)}m",
            "-XX:+UseSerialGC",  # smallest and quickest to start for a heap of this size
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={_LOGGING}",
            f"-Dkafka.logs.dir={self.folder}",
        ]
        return [find_java(), *options, "-cp", f"{fetch_jars()}{os.sep}*", main, *arguments]


def _lives(process: psutil.Process) -> bool:
    try:
        # Ended but not reaped is ended.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _escaped(value: str) -> str:
    """Java reads properties as Latin-1, with backslash escapes: a data folder may have any name."""
    return value.encode("unicode_escape").decode("ascii") if not value.isascii() or "\\" in value else value
