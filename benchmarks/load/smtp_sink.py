"""A mail server that takes everything and keeps nothing but when each message came.

`python -m benchmarks.load.smtp_sink PORT FILE` appends a line per message: its Message-ID and the time, in nanoseconds.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Sink:
    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self._file.write(f"{message_id_of(content)} {time.time_ns()}\n")
        self._file.flush()
        return "250 2.0.0 taken"


def message_id_of(content: bytes) -> str:
    """The left half of its Message-ID, empty where there is none."""
    for line in content.splitlines():
        if line.lower().startswith(b"message-id:"):
            return line.partition(b":")[2].strip().lstrip(b"<").partition(b"@")[0].decode()
        if not line.strip():
            break
    return ""


def read_arrivals(file: Path) -> dict[str, float]:
    """Seconds since 1970 by Message-ID."""
    lines = (line.split() for line in file.read_text().splitlines())
    return {message_id: int(nanoseconds) / 1e9 for message_id, nanoseconds in lines}


async def serve(port: int, file: Path) -> None:
    with file.open("w") as lines:
        sink = Sink(lines)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(sink, loop=loop, hostname="sink.localhost"), HOST, port)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
