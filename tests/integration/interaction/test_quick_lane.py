"""The quick lane gives the answers of the ordinary route, and requests that share a transaction share nothing else."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.interaction.ingest.schemas.examples import INTERACTIONS
from tests.support.factories.interaction import interaction_body
from tests.support.interaction_api import INTERACTIONS as ADDRESS
from tests.support.interaction_api import InteractionApi

ORDINARILY = {"require_known_customer": "false"}
"""A query, which only the ordinary route reads."""


@pytest.fixture(autouse=True)
async def _known_to_the_lane(api: InteractionApi) -> None:
    """The lane serves callers whose token was checked a moment ago."""
    await api.read("/v1/reconciliation")


def told(answer: httpx.Response) -> tuple[int, dict[str, str], Any]:
    """An answer without what differs between any two."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-correlation-id"}
    body = answer.json()
    body.pop("correlation_id", None)
    return answer.status_code, headers, body


@pytest.mark.parametrize("kind", INTERACTIONS)
async def test_both_ways_give_the_same_answer_to_the_byte(api: InteractionApi, kind: str) -> None:
    body = INTERACTIONS[kind] | {"customer": await api.learn()}
    first = await api.client.post(ADDRESS, json=body)
    quick = await api.client.post(ADDRESS, json=body)
    ordinary = await api.client.post(ADDRESS, json=body, params=ORDINARILY)
    assert (first.status_code, quick.status_code) == (201, 200)
    assert first.content == quick.content == ordinary.content
    assert told(quick) == told(ordinary)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"kind": "purchase"', {}),
        (b'{"kind": "purchase"}', {}),
        (b"{}", {"Content-Type": "text/plain"}),
        (b"{}", {"Idempotency-Key": "two words"}),
        (b"{}", {"Authorization": "Bearer made.up.token"}),
    ],
)
async def test_refusals_are_those_of_the_ordinary_route(
    api: InteractionApi, content: bytes, headers: dict[str, str]
) -> None:
    headers = {"Content-Type": "application/json"} | headers
    quick = await api.client.post(ADDRESS, content=content, headers=headers)
    ordinary = await api.client.post(ADDRESS, content=content, headers=headers, params=ORDINARILY)
    assert told(quick) == told(ordinary)
    assert quick.status_code >= 400


async def test_a_conflict_is_told_alike_and_spoils_no_other(api: InteractionApi) -> None:
    recorded = await api.record(id="taken")
    bodies = [interaction_body(id=name, order_id="2") for name in ("a", "taken", "b")]
    one, refused, other = await asyncio.gather(*(api.client.post(ADDRESS, json=body) for body in bodies))
    assert (one.status_code, refused.status_code, other.status_code) == (201, 409, 201)
    assert told(refused) == told(await api.client.post(ADDRESS, json=bodies[1], params=ORDINARILY))
    assert refused.json()["context"]["interaction_id"] == recorded["interaction_id"]


async def test_the_same_interaction_at_once_is_recorded_once(api: InteractionApi) -> None:
    body = interaction_body(customer=await api.learn())
    answers = await asyncio.gather(*(api.client.post(ADDRESS, json=body) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["interaction_id"] for answer in answers}) == 1
    assert len(await api.published()) == 1


async def test_each_request_keeps_its_correlation_and_its_trace(api: InteractionApi) -> None:
    customer = await api.learn()
    traces = [f"00-{number:032x}-{number:016x}-01" for number in range(1, 9)]
    await asyncio.gather(
        *(
            api.client.post(
                ADDRESS,
                json=interaction_body(id=trace, customer=customer),
                headers={"X-Correlation-ID": f"correlation-{trace}", "traceparent": trace},
            )
            for trace in traces
        )
    )
    events = {event.data.source_id: event.envelope for event in await api.published()}  # type: ignore[attr-defined]
    assert events.keys() == set(traces)
    for trace, envelope in events.items():
        assert (envelope.correlationid, envelope.traceparent) == (f"correlation-{trace}", trace)


async def test_an_idempotency_key_means_the_same_on_both_ways(api: InteractionApi) -> None:
    body = interaction_body(id=None, customer=await api.learn())
    key = {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(*(api.client.post(ADDRESS, json=body, headers=key) for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    in_flight = next(answer for answer in answers if answer.status_code == 409)
    assert (in_flight.json()["code"], in_flight.headers["Retry-After"]) == ("idempotency_in_flight", "1")

    again = await api.client.post(ADDRESS, json=body, headers=key)
    first = next(answer for answer in answers if answer.status_code == 201)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await api.published()) == 1

    other = await api.client.post(ADDRESS, json=interaction_body(), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    spaced = await api.client.post(ADDRESS, content=b" " + again.request.content, headers=key | _JSON)
    assert (spaced.status_code, spaced.json()["code"]) == (422, "idempotency_key_reused")


def batch_of(customer: dict[str, Any]) -> dict[str, Any]:
    """A batch of which some are recorded, some known, some wrong in ways that a struct lets pass."""
    good = [interaction_body(kind, customer=customer) for kind in TYPES]
    wrong = [
        interaction_body(amount={"amount": "1.005", "currency": "CNY"}),
        interaction_body(occurred_at="2031-01-01T00:00:00Z"),
        good[0] | {"order_id": "other"},
    ]
    return {"items": [*good, *wrong, good[1], interaction_body()]}


def event_of(item: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in item.items() if name not in ("kind", "source", "id", "occurred_at")}
    return {
        "specversion": "1.0", "type": f"rapport.inbound.{TYPES[item['kind']]}.v1",
        "source": item["source"], "id": item["id"], "time": item["occurred_at"],
        "datacontenttype": "application/json", "data": own,
    }  # fmt: skip


TYPES = {
    "purchase": "purchase_recorded", "return": "return_recorded", "complaint": "complaint_opened",
    "complaint_resolution": "complaint_resolved", "visit": "visit_recorded", "survey": "survey_answered",
    "referral": "referral_made",
}  # fmt: skip


async def test_a_batch_is_answered_alike_by_both_ways(api: InteractionApi) -> None:
    batch = batch_of(await api.learn())
    first = await api.client.post(f"{ADDRESS}/batch", json=batch)
    counts = {name: count for name, count in first.json().items() if name != "items"}
    assert tuple(counts.values()) == (len(TYPES), 1, 1, 1, 2), counts
    quick = await api.client.post(f"{ADDRESS}/batch", json=batch)
    ordinary = await api.client.post(f"{ADDRESS}/batch", json=batch, params=ORDINARILY)
    assert quick.content == ordinary.content
    assert told(quick) == told(ordinary)


async def test_lines_are_answered_like_the_batch_that_they_are(api: InteractionApi) -> None:
    batch = batch_of(await api.learn())
    lines = "\n\n".join(json.dumps(item) for item in batch["items"]) + "\r\n"
    await api.client.post(f"{ADDRESS}/batch", json=batch)
    as_batch = await api.client.post(f"{ADDRESS}/batch", json=batch)
    headers = {"Content-Type": "application/x-ndjson"}
    quick = await api.client.post(f"{ADDRESS}/batch", content=lines, headers=headers)
    ordinary = await api.client.post(f"{ADDRESS}/batch", content=lines, headers=headers, params=ORDINARILY)
    assert quick.content == ordinary.content == as_batch.content


async def test_a_broken_line_spoils_no_other(api: InteractionApi) -> None:
    visits = [json.dumps(interaction_body("visit", customer=await api.learn())) for _ in range(3)]
    lines = "\n".join([visits[0], '{"kind": "visit"', visits[1], f"{visits[2]},{visits[2]}", visits[2]])
    key = {"Idempotency-Key": "k-3", "Content-Type": "application/x-ndjson"}
    answer = await api.client.post(f"{ADDRESS}/batch", content=lines, headers=key)
    assert [item["status"] for item in answer.json()["items"]] == [
        "recorded", "invalid", "recorded", "invalid", "recorded",
    ]  # fmt: skip
    assert answer.json()["items"][1]["problem"]["code"] == "validation_failed"
    again = await api.client.post(f"{ADDRESS}/batch", content=lines, headers=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (answer.content, "true")


@pytest.mark.parametrize("count", [0, 1_001])
async def test_lines_are_bounded_like_a_batch(api: InteractionApi, count: int) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await api.client.post(f"{ADDRESS}/batch", content=b"{}\n" * count, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "items")


async def test_a_batch_of_events_is_answered_alike_by_both_ways(api: InteractionApi) -> None:
    events = [event_of(item) for item in batch_of(await api.learn())["items"]]
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    first = await api.client.post("/v1/events", content=json.dumps(events), headers=headers)
    assert (first.status_code, first.json()["recorded"]) == (200, len(TYPES))
    quick = await api.client.post("/v1/events", content=json.dumps(events), headers=headers)
    ordinary = await api.client.post("/v1/events", content=json.dumps(events), headers=headers, params=ORDINARILY)
    assert quick.content == ordinary.content
    envelopes = [event.envelope for event in await api.published()]
    assert {envelope.causationid for envelope in envelopes} == {event["id"] for event in events[: len(TYPES)]}


async def test_batches_at_once_are_recorded_each_for_itself(api: InteractionApi) -> None:
    customer = await api.learn()
    batches = [{"items": [interaction_body("visit", customer=customer) for _ in range(5)]} for _ in range(6)]
    answers = await asyncio.gather(*(api.client.post(f"{ADDRESS}/batch", json=batch) for batch in batches))
    assert [answer.json()["recorded"] for answer in answers] == [5] * 6
    assert len(await api.published()) == 30


async def test_a_key_is_stored_for_the_ordinary_route_too(api: InteractionApi) -> None:
    body, key = interaction_body(id=None), {"Idempotency-Key": "k-2"}
    quick = await api.client.post(ADDRESS, json=body, headers=key)
    api.platform.verifier.forget()
    ordinary = await api.client.post(ADDRESS, json=body, headers=key)
    assert (ordinary.content, ordinary.headers["Idempotency-Replayed"]) == (quick.content, "true")


_JSON = {"Content-Type": "application/json"}
