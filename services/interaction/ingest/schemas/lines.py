"""Interactions as lines of JSON (NDJSON): another spelling of a batch, for systems that write as they read."""

from typing import Any, Final

import msgspec

from services.interaction.ingest.schemas.examples import INTERACTIONS

NDJSON: Final = "application/x-ndjson"

_syntax = msgspec.json.Decoder(msgspec.Raw)
_EXAMPLE: Final = "".join(f"{msgspec.json.encode(INTERACTIONS[kind]).decode()}\n" for kind in ("purchase", "visit"))

LINES_BODY: dict[str, Any] = {
    "content": {
        NDJSON: {
            "schema": {"type": "string", "description": "one interaction a line; empty lines are passed over"},
            "example": _EXAMPLE,
        }
    }
}
"""What the API's documentation says of it, beside the batch."""


def batch_of_lines(body: bytes) -> bytes:
    """The JSON of the batch that these lines are, where each is JSON."""
    return b'{"items":[' + b",".join(_lines(body)) + b"]}"


def batch_of_any_lines(body: bytes) -> bytes:
    """The same, with a text in the place of each line that is no JSON: that item alone is then refused."""
    return b'{"items":[' + b",".join(map(_sound, _lines(body))) + b"]}"


def _lines(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if line and not line.isspace()]


def _sound(line: bytes) -> bytes:
    try:
        _syntax.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return msgspec.json.encode(line.decode("utf-8", "replace")[:200])
    return line
