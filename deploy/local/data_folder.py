"""The one folder that holds everything the laptop stack keeps, and the lock that lets one stack at a time have it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

DEFAULT_DATA_DIR = Path(".data")
LOG_BYTES = 20_000_000


class DataFolderInUse(RuntimeError):
    pass


@dataclass(frozen=True, slots=True)
class DataFolder:
    root: Path = DEFAULT_DATA_DIR

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def issuer(self) -> Path:
        return self.root / "issuer"

    @property
    def mailbox(self) -> Path:
        return self.root / "mailbox"

    @property
    def log_file(self) -> Path:
        return self.root / "platform.log"

    def open_log(self) -> TextIO:
        """The log to append to; beyond some size the old one is put aside as `platform.log.1`."""
        self.root.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES:
            self.log_file.rename(self.root / "platform.log.1")
        return self.log_file.open("a")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Within the block no other process has the folder; the kernel frees it when this one dies, however it dies.

        Raises DataFolderInUse, naming the process that has it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise DataFolderInUse(
                    f"{self.root} is in use by process {file.read().strip() or '?'}; "
                    "stop that, or choose another folder: --data-dir"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
