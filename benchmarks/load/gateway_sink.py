"""A message gateway that takes everything and keeps nothing but that each message came.

`python -m benchmarks.load.gateway_sink PORT FILE` appends a line per message: its key. It answers as the gateway of
docs/notification.md does, and looks at no signature, so that what is measured is the sender.
"""

import sys
from pathlib import Path
from typing import TextIO

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

HOST = "127.0.0.1"
SECRET = "whsec_YmVuY2htYXJrcy1vbmx5LXNlY3JldC1vZi1hLXNpbms="  # noqa: S105 - of a gateway that does not look at it


class Sink:
    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        while (await receive()).get("more_body"):
            pass
        key = headers.get(b"idempotency-key", b"").decode()
        self._file.write(key + "\n")
        self._file.flush()
        body = b'{"id":"%s","units":1}' % key.encode()
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 202, "headers": head})
        await send({"type": "http.response.body", "body": body})


async def serve(port: int, file: Path) -> None:
    with file.open("w") as lines:
        config = uvicorn.Config(
            Sink(lines),
            host=HOST,
            port=port,
            lifespan="off",
            access_log=False,
            log_level="error",
            timeout_keep_alive=75,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
