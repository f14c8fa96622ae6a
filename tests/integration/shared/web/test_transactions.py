"""One request is one transaction, committed before its answer leaves."""

from sqlalchemy import select
from starlette.types import Message, Receive, Scope, Send

from tests.support.toy_service import NOTES, ToyService


async def test_a_change_is_committed_before_the_answer_leaves(toy: ToyService) -> None:
    seen_when_answering: list[str] = []
    serve = toy.client._transport.app  # type: ignore[attr-defined]

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                async with toy.database.snapshot() as session:
                    seen_when_answering.extend(await session.scalars(select(NOTES.c.text)))
            await send(message)

        await serve(scope, receive, watch)

    toy.client._transport.app = watched  # type: ignore[attr-defined]
    answer = await toy.client.post("/v1/notes", json={"text": "early"}, headers=toy.headers())

    assert answer.status_code == 201
    assert seen_when_answering == ["early"]


async def test_a_failing_request_leaves_nothing_behind(toy: ToyService) -> None:
    for how, status in {"bug": 500, "conflict": 409, "busy": 429, "away": 503, "answer": 409}.items():
        answer = await toy.client.post(f"/v1/notes/failing/{how}", headers=toy.headers(key=f"key-{how}"))
        assert answer.status_code == status, how

    assert await toy.texts() == []


async def test_reading_routes_cannot_write(toy: ToyService) -> None:
    answer = await toy.client.get("/v1/notes/writing", headers=toy.headers())

    assert answer.status_code == 500
    assert await toy.texts() == []


async def test_a_stream_reads_without_holding_a_transaction(toy: ToyService) -> None:
    await toy.client.post("/v1/notes", json={"text": "a"}, headers=toy.headers())

    answer = await toy.client.get("/v1/notes/stream", headers=toy.headers())

    assert answer.text == "aa"
    assert toy.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_refused_request_costs_no_connection(toy: ToyService) -> None:
    await toy.database.engine.dispose()

    refused = await toy.client.post("/v1/notes", json={"text": ""}, headers=toy.headers(key="k"))

    assert refused.status_code == 422
    assert toy.database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]
