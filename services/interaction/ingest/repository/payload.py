"""What a kind tells, and circumstances with it, as the bytes of its column: compact JSON, readable by anything."""

from dataclasses import fields
from typing import Any

import msgspec

from services.interaction.ingest.details import KINDS, NO_CIRCUMSTANCES, Circumstances, Details, Kind

_DECODERS: dict[str, msgspec.json.Decoder[Details]] = {
    kind: msgspec.json.Decoder(details) for kind, details in KINDS.items()
}
_encode = msgspec.json.Encoder().encode
_CIRCUMSTANCES = "circumstances"
_NAMED = f'"{_CIRCUMSTANCES}":'.encode()


class _Accompanied(msgspec.Struct):
    circumstances: Circumstances = NO_CIRCUMSTANCES


_circumstances = msgspec.json.Decoder(_Accompanied)


def encode_payload(details: Details, circumstances: Circumstances) -> bytes:
    """Fields that say nothing are left out, in ten million rows they would be most of the table."""
    told = _told(details)
    if circumstances != NO_CIRCUMSTANCES:
        told[_CIRCUMSTANCES] = _told(circumstances)
    return _encode(told)


def decode_details(kind: Kind | str, payload: bytes) -> Details:
    """Fields unknown to this release are ignored: during an upgrade an older process reads what a newer one wrote."""
    return _DECODERS[kind].decode(payload)


def decode_circumstances(payload: bytes) -> Circumstances:
    return _circumstances.decode(payload).circumstances if _NAMED in payload else NO_CIRCUMSTANCES


def _told(value: Any) -> dict[str, Any]:
    told = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: member for name, member in told.items() if member is not None and member != ()}
