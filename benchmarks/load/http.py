"""A load generator over raw sockets: requests are bytes made beforehand, answers are read by httptools.

It costs some 15 µs of CPU a request, on a machine it shares with what it measures: its own ceiling, against a server
that does nothing, is measured beside every figure of single requests.
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools

from benchmarks.harness.figures import quantile


class LoadRefused(RuntimeError):
    """The server answered otherwise than expected; the message shows how."""


@dataclass(slots=True)
class LoadResult:
    """`latencies` in seconds, in the order of answers; of an open loop counted from when a request was due."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    refusal: bytes = b""
    """The body of the first answer that was no success."""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def milliseconds(self, share: float) -> float:
        return quantile(sorted(self.latencies), share) * 1000

    def require_success(self) -> None:
        """Raises LoadRefused unless every answer was one."""
        if not self.latencies or any(status >= 300 for status in self.statuses):
            raise LoadRefused(f"answers were {dict(self.statuses)}; the first refusal: {self.refusal.decode()[:500]}")


def request_bytes(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """One POST, ready to be sent."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection(asyncio.Protocol):
    """One connection: a request at a time, its answer handed to `on_answer`."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[None] | None = None
        self._body = b""
        self.status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        if self._parser.get_status_code() >= 300:
            self._body += body

    def on_message_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error or ConnectionResetError("the server closed the connection"))

    async def ask(self, request: bytes) -> None:
        if self.transport is None:
            raise RuntimeError("not connected")
        self._answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self._answered

    def take_body(self) -> bytes:
        body, self._body = self._body, b""
        return body


@asynccontextmanager
async def _connected(url: str, connections: int) -> AsyncIterator[list[_Connection]]:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    host, port = parts.hostname or "", parts.port or 80
    made = [(await loop.create_connection(_Connection, host, port))[1] for _ in range(connections)]
    try:
        yield made
    finally:
        for connection in made:
            if connection.transport is not None:
                connection.transport.close()


async def closed_loop(url: str, requests: Sequence[bytes], *, connections: int, seconds: float) -> LoadResult:
    """Each connection sends its next request when the last one is answered, until time or requests run out."""
    result = LoadResult()
    source = iter(requests)
    async with _connected(url, connections) as made:
        began = until = 0.0

        async def work(connection: _Connection) -> None:
            for request in source:
                sent = time.perf_counter()
                if sent >= until:
                    return
                await connection.ask(request)
                _note(result, connection, time.perf_counter() - sent)

        with _undisturbed():
            began = time.perf_counter()
            until = began + seconds
            await asyncio.gather(*map(work, made))
            result.seconds = time.perf_counter() - began
    return result


async def open_loop(url: str, requests: Sequence[bytes], *, connections: int, per_second: float) -> LoadResult:
    """Requests fall due at an even rate whatever becomes of the earlier ones; who is late is counted as late."""
    result = LoadResult()
    async with _connected(url, connections) as made:
        idle: asyncio.Queue[_Connection] = asyncio.Queue()
        for connection in made:
            idle.put_nowait(connection)

        async def send(connection: _Connection, request: bytes, due: float) -> None:
            await connection.ask(request)
            _note(result, connection, time.perf_counter() - due)
            idle.put_nowait(connection)

        with _undisturbed():
            began = time.perf_counter()
            async with asyncio.TaskGroup() as tasks:
                for number, request in enumerate(requests):
                    due = began + number / per_second
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    tasks.create_task(send(await idle.get(), request, due))
            result.seconds = time.perf_counter() - began
    return result


def _note(result: LoadResult, connection: _Connection, latency: float) -> None:
    result.latencies.append(latency)
    result.statuses[connection.status] += 1
    if connection.status >= 300 and not result.refusal:
        result.refusal = connection.take_body()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No collection of garbage in the client may look like latency of the server."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
