"""Many customers in one request: each succeeds or fails by itself."""

import time
from typing import Any

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import person_body

BULK = f"{CUSTOMERS}/bulk"


async def register_bulk(api: CustomerApi, customers: list[Any]) -> dict[str, Any]:
    answer = await api.client.post(BULK, json={"customers": customers})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_bad_item_does_not_spoil_the_others(api: CustomerApi) -> None:
    holder = await api.register(0, external_ids=[{"source": "pos", "id": "0"}])
    await api.forget_published()
    answer = await register_bulk(
        api,
        [
            person_body(1, external_ids=[{"source": "pos", "id": "1"}]),
            person_body(2, nickname="Two"),
            person_body(3, external_ids=[{"source": "crm", "id": "3"}, {"source": "pos", "id": "0"}]),
            person_body(4, birthday={"month": 2, "day": 30}),
            person_body(5, external_ids=[{"source": "pos", "id": "1"}]),
            person_body(6, external_ids=[{"source": "crm", "id": "3"}]),
            "seven",
        ],
    )
    results = answer["results"]
    assert [result["status"] for result in results] == [
        "registered", "invalid", "conflict", "invalid", "conflict", "registered", "invalid",
    ]  # fmt: skip
    assert (answer["registered"], answer["refused"]) == (2, 5)
    problems = {result["index"]: result["problem"] for result in results if result["problem"]}
    assert problems[1]["errors"][0]["field"] == "nickname"
    assert problems[2]["context"] == {"customer_id": holder["customer_id"]}
    assert problems[3]["code"] == "birthday_invalid"
    assert problems[4]["context"] == {"customer_id": results[0]["customer_id"]}
    assert {customer["customer_id"] for customer in await api.listed()} == {
        holder["customer_id"],
        results[0]["customer_id"],
        results[5]["customer_id"],
    }
    assert len(await api.published()) == 4


async def test_size_of_a_bulk_is_limited(api: CustomerApi) -> None:
    for customers in ([], [person_body()] * 501):
        answer = await api.client.post(BULK, json={"customers": customers})
        assert problem(answer) == (422, "validation_failed", "customers")


async def test_the_cdnow_customers_are_registered_in_seconds(api: CustomerApi) -> None:
    bodies = [
        person_body(
            number,
            external_ids=[{"source": "cdnow", "id": f"{number:05}"}],
            consents=[{"channel": "email", "purpose": "care", "granted": True}],
            birthday={"month": 1 + number % 12, "day": 1 + number % 28},
        )
        for number in range(2357)
    ]
    started = time.perf_counter()
    registered = 0
    for first in range(0, len(bodies), 500):
        registered += (await register_bulk(api, bodies[first : first + 500]))["registered"]
    seconds = time.perf_counter() - started
    assert registered == 2357
    assert seconds < 15, f"{seconds:.1f} s"
