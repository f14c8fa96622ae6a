"""uvicorn as a component: its socket is bound before it starts, and it stops when told, not by signals of its own."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from shared.errors import InvalidInput

log = structlog.get_logger(__name__)


KEEP_ALIVE_SECONDS = 75
"""Longer than load balancers keep idle connections: who closes first must be they, or requests are lost in between."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The runtime listens to signals, for all components."""
        yield


class HttpServer:
    """Serves `app` until stopped; then takes no new connections and lets answers in progress go out."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, name: str = "http", grace_seconds: float = 15.0) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._name = name
        self._grace_seconds = grace_seconds
        self._socket: socket.socket | None = None

    @property
    def name(self) -> str:
        return self._name

    def bind(self) -> int:
        """Takes the port (0: any free one) and returns it. Raises InvalidInput (`port_taken`) when it is in use.

        Done by `run` unless it was done before; connections made before `run` wait until then.
        """
        if self._socket is None:
            self._socket = _bind(self._host, self._port)
        port: int = self._socket.getsockname()[1]
        return port

    async def run(self, stop: asyncio.Event) -> None:
        port = self.bind()
        server = _Server(
            uvicorn.Config(
                self._app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=max(1, int(self._grace_seconds)),
            )
        )
        log.info("listening", component=self._name, url=f"http://{self._host}:{port}")
        serving = asyncio.create_task(server.serve([self._socket] if self._socket else None))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            await serving
        finally:
            server.force_exit = True
            stopping.cancel()
            serving.cancel()
            self._socket = None


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            detail = f"port {port} of {host} is in use; stop what uses it or set another port"
            raise InvalidInput(detail, code="port_taken") from error
        raise
    bound.setblocking(False)
    return bound
