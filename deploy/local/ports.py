"""TCP ports of the laptop stack: tried before anything starts, and explained when somebody else has one."""

import contextlib
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import psutil

HOST = "127.0.0.1"
_SPARE = range(20_000, 32_000)
"""Where free ports are looked for: below those that systems give to outgoing connections, any of which could take one
between the moment it was found free and the moment its owner listens on it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens; 0 takes any free port."""

    issuer: int = 8000
    customer: int = 8001
    interaction: int = 8002
    scoring: int = 8003
    notification: int = 8004
    smtp: int = 8025

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """`PORT_CUSTOMER=9001` and the like override the defaults. Raises ValueError on what is not a port."""
        chosen = {}
        for field in fields(cls):
            variable = variable_of(field.name)
            if variable in environ:
                chosen[field.name] = _parse_port(variable, environ[variable])
        return cls(**chosen)

    @classmethod
    def any_free(cls) -> Self:
        return cls(**dict.fromkeys((field.name for field in fields(cls)), 0))


@dataclass(frozen=True, slots=True)
class PortConflict:
    part: str
    port: int
    holder: str | None

    def __str__(self) -> str:
        holder = self.holder or "a process that is not visible to this user"
        other = self.port + 1000 if self.port < 60000 else self.port - 1000
        return (
            f"port {self.port}, wanted by {self.part}, is in use by {holder}; "
            f"stop that, or choose another port: {variable_of(self.part)}={other}"
        )


class PortsInUse(RuntimeError):
    """Names every port that is taken, not only the first."""

    def __init__(self, conflicts: list[PortConflict]) -> None:
        super().__init__("\n".join(str(conflict) for conflict in conflicts))
        self.conflicts = conflicts


def require_free(ports: Ports) -> Ports:
    """The same ports, 0 replaced by free ones; whoever listens on one binds it again, soon after.

    Raises PortsInUse when any of them is taken.
    """
    free: dict[str, int] = {}
    conflicts = []
    with contextlib.ExitStack() as held:  # until all are chosen, so that no two get the same
        for field in fields(ports):
            wanted = getattr(ports, field.name)
            try:
                free[field.name] = held.enter_context(_listen(wanted) if wanted else _listen_anywhere()).getsockname()[
                    1
                ]
            except PermissionError:
                conflicts.append(PortConflict(field.name, wanted, "the system, which keeps it for privileged users"))
            except OSError:
                conflicts.append(PortConflict(field.name, wanted, find_holder(wanted)))
    if conflicts:
        raise PortsInUse(conflicts)
    return Ports(**free)


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody has at present."""
    with contextlib.ExitStack() as held:
        return [int(held.enter_context(_listen_anywhere()).getsockname()[1]) for _ in range(count)]


def find_holder(port: int) -> str | None:
    """The process listening on `port`, as far as this user may see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                command = " ".join(psutil.Process(connection.pid).cmdline())
                return f"process {connection.pid} ({command[:100]})"
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return None
    return None


def variable_of(part: str) -> str:
    return f"PORT_{part.upper()}"


def _listen(port: int) -> socket.socket:
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Connections of an earlier run in TIME_WAIT do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        probe.listen()  # two sockets that are only bound may share a port
    except OSError:
        probe.close()
        raise
    return probe


def _listen_anywhere() -> socket.socket:
    while True:
        with contextlib.suppress(OSError):
            return _listen(secrets.choice(_SPARE))


def _parse_port(variable: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError(f"{variable}={text!r} is not a port: give a number from 0 (any free port) to 65535")
    return int(text)
