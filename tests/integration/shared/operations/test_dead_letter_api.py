"""Dead letters over HTTP, for operators."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.operations.dead_letter_api import dead_letter_router
from tests.support.dead_letters import add_dead_letter, create_messaging_tables
from tests.support.postgres import DatabaseFactory
from tests.support.tokens import create_tokens
from tests.support.toy_service import ToyService, run_toy_service

URL = "/v1/dead-letters"


@pytest.fixture
async def toy(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[ToyService]:
    """With three dead letters, ids 1 to 3, of two consumers."""
    dsn = await database_factory(None)
    async with run_toy_service(dsn, create_tokens(tmp_path), admin_routers=[dead_letter_router("toy")]) as service:
        await create_messaging_tables(service.database)
        for offset, consumer in enumerate(("toy.worker", "toy.worker", "toy.other")):
            await add_dead_letter(service.database, consumer=consumer, offset=offset)
        yield service


def admin(toy: ToyService) -> dict[str, str]:
    return toy.headers("toy:admin")


async def test_they_are_listed_newest_first_page_by_page(toy: ToyService) -> None:
    first = (await toy.client.get(URL, params={"limit": 2}, headers=admin(toy))).json()
    second = (await toy.client.get(URL, params={"limit": 2, "cursor": first["next_cursor"]}, headers=admin(toy))).json()
    filtered = (await toy.client.get(URL, params={"consumer": "toy.other"}, headers=admin(toy))).json()

    assert [letter["id"] for letter in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next_cursor"] is None
    assert [letter["id"] for letter in filtered["items"]] == [3]
    assert first["items"][0]["reason"] == "there is no rate for XXX"
    assert "value" not in first["items"][0]


async def test_one_is_shown_with_the_record_itself(toy: ToyService) -> None:
    letter = (await toy.client.get(f"{URL}/1", headers=admin(toy))).json()

    assert (letter["value"], letter["headers"]) == ('{"a": "é�"}', {"ce_id": "1"})


async def test_they_can_be_tried_again_and_let_go(toy: ToyService) -> None:
    redriven = await toy.client.post(f"{URL}/redrive", json={"consumer": "toy.worker"}, headers=admin(toy))
    gone = await toy.client.post(f"{URL}/3/discard", headers=admin(toy))
    again = await toy.client.post(f"{URL}/3/discard", headers=admin(toy))

    assert (redriven.status_code, redriven.json()) == (202, {"requested": 2})
    assert gone.status_code == 204
    assert (again.status_code, again.json()["code"]) == (409, "dead_letter_closed")
    async with toy.database.snapshot() as session:
        states = await session.scalars(text("SELECT state FROM dead_letters ORDER BY id"))
        assert list(states) == ["redriving", "redriving", "discarded"]


async def test_redriving_everything_must_be_said(toy: ToyService) -> None:
    answer = await toy.client.post(f"{URL}/redrive", json={}, headers=admin(toy))

    assert (answer.status_code, answer.json()["code"]) == (422, "redrive_unbounded")


async def test_an_unknown_one_is_told(toy: ToyService) -> None:
    answer = await toy.client.get(f"{URL}/99", headers=admin(toy))

    assert (answer.status_code, answer.json()["code"]) == (404, "dead_letter_unknown")


async def test_only_administrators_may(toy: ToyService) -> None:
    for method, url in {"GET": URL, "POST": f"{URL}/redrive"}.items():
        answer = await toy.client.request(method, url, json={}, headers=toy.headers("toy:read", "toy:write"))
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
