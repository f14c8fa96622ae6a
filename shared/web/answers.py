"""An answer as bytes: what is stored for an Idempotency-Key, and what the quick lane sends."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Send


class Answer(NamedTuple):
    """`headers` are without the content length, which follows from the body."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        headers = [header for header in response.raw_headers if header[0] != b"content-length"]
        return cls(response.status_code, headers, bytes(response.body))

    def response(self) -> Response:
        response = Response(content=self.body, status_code=self.status)
        response.raw_headers = [*self.headers, self._length]
        return response

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, self._length]})
        await send({"type": "http.response.body", "body": self.body})

    @property
    def _length(self) -> tuple[bytes, bytes]:
        return b"content-length", str(len(self.body)).encode()
