"""What a process says to PostgreSQL, taken down on the wire and said again with nobody thinking in between.

That is the ceiling of the process's own SQL: the same statements with the same values, in the same transactions, from
prepared bytes. It holds whatever the process does inside, since nothing but its conversation is known here.

Source: PostgreSQL's frontend/backend protocol 3.
"""

import asyncio
import struct
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SOCKET = ".s.PGSQL.5432"
_READ = 1 << 20
_ENDS: dict[bytes, frozenset[bytes]] = {
    b"Q": frozenset((b"Z", b"G")),
    b"S": frozenset((b"Z",)),
    b"c": frozenset((b"Z",)),
    b"H": frozenset((b"T", b"n")),
}
"""By what a client's turn ends (query, sync, end of a copy, flush after a describe), and which answer it waits for."""


class ReplayFailed(RuntimeError):
    """PostgreSQL refused what it had taken before: the database replayed over is not what it was."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was sent on a connection until an answer was awaited; `sent` None marks the moment that answer was there."""

    connection: int
    sent: bytes | None


@dataclass(slots=True)
class Recording:
    """`startups` per connection, and all turns of all connections in the order in which they happened."""

    startups: list[bytes] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def about(self, marker: bytes) -> "Recording":
        """Only the connections on which `marker` was said at least once."""
        chosen = {turn.connection for turn in self.turns if turn.sent is not None and marker in turn.sent}
        return Recording(self.startups, [turn for turn in self.turns if turn.connection in chosen])


class _Messages:
    """Cuts a stream into protocol messages, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        self._buffer += data
        whole, place, messages = len(self._buffer), 0, []
        while place + 5 <= whole:
            end = place + 1 + struct.unpack_from("!I", self._buffer, place + 1)[0]
            if end > whole:
                break
            messages.append(bytes(self._buffer[place:end]))
            place = end
        del self._buffer[:place]
        return messages


class _Listener:
    """One connection, while it is recorded."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._number = len(recording.startups)
        recording.startups.append(b"")
        self._asked, self._answered = _Messages(), _Messages()
        self._turn = bytearray()
        self._awaited: deque[frozenset[bytes]] = deque()

    def hear_client(self, data: bytes) -> None:
        if not self._recording.startups[self._number]:
            self._recording.startups[self._number] = data  # small enough to come in one piece
            return
        for message in self._asked.feed(data):
            self._turn += message
            end = _ENDS.get(message[:1])
            if end is not None:
                self._recording.turns.append(Turn(self._number, bytes(self._turn)))
                self._awaited.append(end)
                self._turn.clear()

    def hear_server(self, data: bytes) -> None:
        for message in self._answered.feed(data):
            if self._awaited and message[:1] in self._awaited[0]:
                self._awaited.popleft()
                self._recording.turns.append(Turn(self._number, None))


@asynccontextmanager
async def recorded(server: Path, folder: Path) -> AsyncIterator[Recording]:
    """While the block runs, `folder` is a socket folder in front of that of `server`; what passes is recorded."""
    recording = Recording()
    folder.mkdir()  # noqa: ASYNC240 - at once
    passing: set[asyncio.Task[None]] = set()

    async def serve(client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        upstream, requests = await asyncio.open_unix_connection(str(server / _SOCKET), limit=_READ)
        listener = _Listener(recording)
        passing.add(asyncio.create_task(_pass_on(client, requests, listener.hear_client)))
        passing.add(asyncio.create_task(_pass_on(upstream, answers, listener.hear_server)))

    proxy = await asyncio.start_unix_server(serve, str(folder / _SOCKET), limit=_READ)
    try:
        yield recording
    finally:
        proxy.close()
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, hear: Callable[[bytes], None]) -> None:
    try:
        while data := await source.read(_READ):
            hear(data)  # before it is passed on: the answer must not be heard first
            target.write(data)
            await target.drain()
    finally:
        target.close()


async def replay(recording: Recording, server: Path, database: str) -> float:
    """Says it all again to `database`, waiting where it was waited; returns the seconds it took, without connecting.

    Raises ReplayFailed.
    """
    numbers = {turn.connection for turn in recording.turns}
    voices = {number: await _Voice.connect(server, recording.startups[number], database) for number in numbers}
    try:
        began = time.perf_counter()
        for turn in recording.turns:
            if turn.sent is None:
                await voices[turn.connection].hear()
            else:
                voices[turn.connection].say(turn.sent)
        return time.perf_counter() - began
    finally:
        for voice in voices.values():
            voice.close()


class _Voice:
    """One connection, while it is replayed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._messages = _Messages()
        self._awaited: deque[frozenset[bytes]] = deque()
        self._heard = 0

    @classmethod
    async def connect(cls, server: Path, startup: bytes, database: str) -> "_Voice":
        voice = cls(*await asyncio.open_unix_connection(str(server / _SOCKET), limit=_READ))
        voice._writer.write(_rewritten(startup, database))
        voice._awaited.append(_ENDS[b"S"])
        await voice.hear()
        return voice

    def say(self, turn: bytes) -> None:
        self._writer.write(turn)
        self._awaited.append(_ENDS[_last_type(turn)])

    async def hear(self) -> None:
        """Returns once the oldest turn that was said is answered."""
        while self._heard == 0:
            data = await self._reader.read(_READ)
            if not data:
                raise ReplayFailed("PostgreSQL closed the connection")
            for message in self._messages.feed(data):
                if message[:1] == b"E":
                    raise ReplayFailed(message[5:].replace(b"\0", b" ").decode(errors="replace"))
                if self._awaited and message[:1] in self._awaited[0]:
                    self._awaited.popleft()
                    self._heard += 1
        self._heard -= 1

    def close(self) -> None:
        self._writer.close()


def _last_type(turn: bytes) -> bytes:
    """Of the message by which a turn ends: all but a query are empty, five bytes long."""
    tail = turn[-5:]
    return tail[:1] if tail[1:] == b"\0\0\0\4" else b"Q"


def _rewritten(startup: bytes, database: str) -> bytes:
    """The same start of a connection, to another database."""
    words = startup[8:].split(b"\0")
    named = dict(zip(words[::2], words[1::2], strict=False))
    named.pop(b"", None)
    named[b"database"] = database.encode()
    body = startup[4:8] + b"".join(name + b"\0" + value + b"\0" for name, value in named.items()) + b"\0"
    return struct.pack("!I", len(body) + 4) + body
