"""Two at once: exactly one wins, and the other is told why."""

import asyncio
from typing import Any

from sqlalchemy import text

from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import person_body

ROUNDS = 8


async def test_of_two_changes_of_one_version_one_wins(api: CustomerApi) -> None:
    for _ in range(ROUNDS):
        customer = await api.register()
        await api.forget_published()
        answers = await asyncio.gather(*(api.change(customer, tags=[tag]) for tag in "abc"))
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        winner = next(answer.json() for answer in answers if answer.status_code == 200)
        assert await api.read(customer["customer_id"]) == winner
        assert len(await api.published()) == 2


async def test_of_two_registrations_of_one_external_id_one_wins(api: CustomerApi) -> None:
    for number in range(ROUNDS):
        body = person_body(external_ids=[{"source": "crm", "id": f"x{number}"}, {"source": "pos", "id": str(number)}])
        answers = await asyncio.gather(*(api.client.post(CUSTOMERS, json=body) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        winner = next(answer.json()["customer_id"] for answer in answers if answer.status_code == 201)
        losers = [answer.json()["context"]["customer_id"] for answer in answers if answer.status_code == 409]
        assert losers == [winner, winner]
    assert len(await api.listed()) == ROUNDS
    assert len(await api.published()) == ROUNDS * 2


async def test_bulks_that_overlap_register_everybody_once(api: CustomerApi) -> None:
    def bulk(numbers: range) -> list[dict[str, Any]]:
        return [person_body(number, external_ids=[{"source": "pos", "id": str(number)}]) for number in numbers]

    bulks = [bulk(range(400)), bulk(range(399, -1, -1)), bulk(range(200, 600))]
    answers = await asyncio.gather(
        *(api.client.post(f"{CUSTOMERS}/bulk", json={"customers": customers}) for customers in bulks)
    )
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sum(answer.json()["registered"] for answer in answers) == 600
    assert len(await api.published()) == 1200
    assert await count_customers(api) == 600
    assert all(
        result["problem"]["context"]["customer_id"]
        for answer in answers
        for result in answer.json()["results"]
        if result["status"] == "conflict"
    )


async def count_customers(api: CustomerApi) -> int:
    async with api.database.snapshot() as session:
        return int(await session.scalar(text("SELECT count(*) FROM customers")) or 0)


async def test_links_of_one_id_to_two_customers_give_it_to_one(api: CustomerApi) -> None:
    customers = [await api.register(number) for number in range(2)]
    answers = await asyncio.gather(
        *(api.client.put(f"{CUSTOMERS}/{one['customer_id']}/external-ids/pos/42") for one in customers)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_events_of_one_customer_leave_in_the_order_of_its_versions(api: CustomerApi) -> None:
    customer = await api.register()
    address = f"{CUSTOMERS}/{customer['customer_id']}/external-ids/pos"
    await asyncio.gather(*(api.client.put(f"{address}/{number}") for number in range(10)))
    versions = [event.data.version for event in await api.published()]  # type: ignore[attr-defined]
    assert versions == [version for version in range(1, 12) for _ in range(2)]
