"""What a kind tells, as the bytes of its column: compact JSON, readable by anything."""

from dataclasses import fields

import msgspec

from services.interaction.ingest.details import (
    Complaint,
    ComplaintResolution,
    Details,
    Kind,
    Purchase,
    Referral,
    Return,
    Survey,
    Visit,
)

_DECODERS: dict[str, msgspec.json.Decoder[Details]] = {
    kind.kind: msgspec.json.Decoder(kind)
    for kind in (Purchase, Return, Complaint, ComplaintResolution, Visit, Survey, Referral)
}
_encode = msgspec.json.Encoder().encode


def encode_details(details: Details) -> bytes:
    """Fields that say nothing are left out, in ten million rows they would be most of the table."""
    told = {field.name: getattr(details, field.name) for field in fields(details)}
    return _encode({name: value for name, value in told.items() if value is not None and value != ()})


def decode_details(kind: Kind | str, payload: bytes) -> Details:
    """Fields unknown to this release are ignored: during an upgrade an older process reads what a newer one wrote."""
    return _DECODERS[kind].decode(payload)
