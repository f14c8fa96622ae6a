"""`Idempotency-Key`: a repeat gives the first answer and changes nothing, whatever happened in between."""

import asyncio
from datetime import timedelta

from prometheus_client import REGISTRY

from shared.clock import wall_now
from shared.operations.housekeeping import IDEMPOTENCY_PRUNING, IDEMPOTENCY_RETENTION
from shared.web.idempotency import prune_answers
from tests.support.tokens import Tokens
from tests.support.toy_service import ToyService, run_toy_service

NOTE = {"text": "once"}


def replays() -> float:
    return REGISTRY.get_sample_value("rapport_http_idempotent_replays_total", {"service": "toy"}) or 0


async def test_a_repeat_replays_the_first_answer(toy: ToyService) -> None:
    replays_before = replays()
    first = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))
    again = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert replays() == replays_before + 1
    assert await toy.texts() == ["once"]


async def test_a_repeat_is_replayed_by_another_process_after_a_restart(toy_dsn: str, tokens: Tokens) -> None:
    async with run_toy_service(toy_dsn, tokens) as before:
        first = await before.client.post("/v1/notes", json=NOTE, headers=before.headers(key="k"))
    async with run_toy_service(toy_dsn, tokens) as after:
        again = await after.client.post("/v1/notes", json=NOTE, headers=after.headers(key="k"))

        assert again.json() == first.json()
        assert await after.texts() == ["once"]


async def test_of_two_at_once_one_is_done_and_the_other_told_to_come_back(toy: ToyService) -> None:
    first = asyncio.create_task(toy.client.post("/v1/notes/held", json=NOTE, headers=toy.headers(key="k")))
    await toy.gate.entered.wait()

    second = await toy.client.post("/v1/notes/held", json=NOTE, headers=toy.headers(key="k"))
    toy.gate.open.set()
    done = await first
    third = await toy.client.post("/v1/notes/held", json=NOTE, headers=toy.headers(key="k"))

    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    assert second.headers["retry-after"] == "1"
    assert third.json() == done.json()
    assert await toy.texts() == ["once"]


async def test_many_at_once_change_things_once(toy: ToyService) -> None:
    answers = await asyncio.gather(
        *(toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k")) for _ in range(8))
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await toy.texts() == ["once"]


async def test_a_key_with_another_body_is_refused(toy: ToyService) -> None:
    await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))

    other = await toy.client.post("/v1/notes", json={"text": "twice"}, headers=toy.headers(key="k"))

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await toy.texts() == ["once"]


async def test_keys_belong_to_their_principal_and_route(toy: ToyService) -> None:
    await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))
    toy.gate.open.set()

    elsewhere = await toy.client.post("/v1/notes/held", json=NOTE, headers=toy.headers(key="k"))
    stranger = toy.tokens.headers("toy:write", subject="somebody else") | {"Idempotency-Key": "k"}
    other = await toy.client.post("/v1/notes", json=NOTE, headers=stranger)

    assert (elsewhere.status_code, other.status_code) == (201, 201)
    assert len(await toy.texts()) == 3


async def test_a_failure_is_not_remembered(toy: ToyService) -> None:
    refused = await toy.client.post("/v1/notes", json={"text": ""}, headers=toy.headers(key="k"))
    mended = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))

    assert (refused.status_code, mended.status_code) == (422, 201)


async def test_a_streamed_answer_cannot_be_kept_so_nothing_is_done(toy: ToyService) -> None:
    without_key = await toy.client.post("/v1/notes/streamed", headers=toy.headers())
    with_key = await toy.client.post("/v1/notes/streamed", headers=toy.headers(key="k"))

    assert (without_key.status_code, without_key.text) == (200, "ab")
    assert with_key.status_code == 500
    assert await toy.texts() == ["streamed"]


async def test_a_replay_needs_a_good_token_still(toy: ToyService) -> None:
    await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k"))

    lesser = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers("toy:read", key="k"))

    assert lesser.status_code == 403


async def test_a_key_must_be_short_and_printable(toy: ToyService) -> None:
    for key in ("", "with space", "k" * 201):
        answer = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key=key))
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter_invalid"), key
        assert answer.json()["errors"][0]["field"].lower() == "idempotency-key"


async def test_answers_are_forgotten_after_their_time(toy: ToyService) -> None:
    for number in range(3):
        await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key=f"k{number}"))

    async with toy.database.transaction() as session:
        assert await IDEMPOTENCY_PRUNING.run(session, wall_now()) is False
        assert await prune_answers(session, before=wall_now() + timedelta(seconds=1), most=2) is True
        assert await prune_answers(session, before=wall_now() + timedelta(seconds=1), most=2) is False

    again = await toy.client.post("/v1/notes", json=NOTE, headers=toy.headers(key="k0"))
    assert "idempotency-replayed" not in again.headers
    assert timedelta(days=7) == IDEMPOTENCY_RETENTION
