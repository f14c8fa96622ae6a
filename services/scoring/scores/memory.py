"""What is remembered of a customer between two scores, in the row that scoring locks and rewrites anyway."""

from datetime import datetime
from typing import Final

import msgspec

from services.scoring.scores.telling import Told


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """The score as last told, and when time alone may next change a class; None: never, for either."""

    told: Told | None = None
    due_at: datetime | None = None


NOTHING: Final = Memory()

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Memory).decode


def pack(memory: Memory) -> bytes:
    """As JSON, so that a migration can write it in SQL."""
    return _encode(memory)


def unpack(packed: bytes | None) -> Memory:
    return NOTHING if packed is None else _decode(packed)
