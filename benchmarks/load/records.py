"""Happenings as the records and documents by which they reach the platform."""

from collections.abc import Sequence
from typing import Any

import msgspec

from benchmarks.load.happenings import CURRENCY, Happening, details_of
from shared.contracts.topics import INBOUND_EVENTS, INTERACTION_EVENTS
from shared.messaging.broker import OutgoingRecord

SOURCE = "shop"
_encode = msgspec.json.Encoder().encode
_RECORDED = {
    "purchase": "purchase_recorded",
    "return": "return_recorded",
    "complaint": "complaint_opened",
    "resolution": "complaint_resolved",
    "visit": "visit_recorded",
    "survey": "survey_answered",
    "referral": "referral_made",
}


def recorded(happenings: Sequence[Happening], recorded_at: str) -> list[OutgoingRecord]:
    """As the interaction service publishes them."""
    return [_recorded(one, recorded_at) for one in happenings]


def inbound(happenings: Sequence[Happening]) -> list[OutgoingRecord]:
    """As other systems publish them: CloudEvents in binary mode."""
    return [
        OutgoingRecord(
            INBOUND_EVENTS.name,
            one.customer.encode(),
            _encode(_inbound_data(one)),
            headers_of(one.identity, SOURCE, f"rapport.inbound.{_RECORDED[one.kind]}.v1", one.occurred_at),
        )
        for one in happenings
    ]


def submission(one: Happening) -> dict[str, Any]:
    """The body of `POST /v1/interactions`."""
    kind = "complaint_resolution" if one.kind == "resolution" else one.kind
    identity = {"kind": kind, "source": SOURCE, "id": one.identity, "occurred_at": one.occurred_at}
    return {**identity, **_inbound_data(one)}


def cloudevent(one: Happening) -> dict[str, Any]:
    """Structured, as `POST /v1/events` takes it."""
    return {
        "specversion": "1.0",
        "id": one.identity,
        "source": SOURCE,
        "type": f"rapport.inbound.{_RECORDED[one.kind]}.v1",
        "time": one.occurred_at,
        "datacontenttype": "application/json",
        "data": _inbound_data(one),
    }


def _recorded(one: Happening, recorded_at: str) -> OutgoingRecord:
    data = {
        "interaction_id": one.identity,
        "customer_id": one.customer,
        "source": SOURCE,
        "source_id": one.identity,
        "occurred_at": one.occurred_at,
        "recorded_at": recorded_at,
        "channel": "web",
        **details_of(one, _minor),
    }
    kind = f"rapport.interaction.{_RECORDED[one.kind]}.v1"
    headers = headers_of(one.identity, "rapport/interaction", kind, one.occurred_at, one.customer)
    headers += (("ce_recordedtime", recorded_at.encode()), ("ce_correlationid", one.identity.encode()))
    return OutgoingRecord(INTERACTION_EVENTS.name, one.customer.encode(), _encode(data), headers)


def _inbound_data(one: Happening) -> dict[str, Any]:
    return {"customer": {"id": one.customer}, "channel": "web", **details_of(one, _decimal)}


def headers_of(identity: str, source: str, kind: str, at: str, subject: str | None = None) -> tuple[Any, ...]:
    """Of an event in binary mode."""
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_time", at.encode()),
        ("content-type", b"application/json"),
    )
    return headers if subject is None else (*headers, ("ce_subject", subject.encode()))


def _minor(fen: int) -> dict[str, Any]:
    return {"minor": fen, "currency": CURRENCY}


def _decimal(fen: int) -> dict[str, Any]:
    return {"amount": f"{fen // 100}.{fen % 100:02}", "currency": CURRENCY}
