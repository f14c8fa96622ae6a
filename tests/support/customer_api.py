"""The customer service's API in the test's own process, over a database of its own; nothing in it is replaced."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from services.customer.app import DEFINITION, create_api
from services.customer.settings import CustomerSettings
from shared.clock import SteppedClock, wall_now
from shared.contracts.envelope import Event, EventData
from shared.db.session import Database
from shared.messaging.broker import Record
from shared.messaging.codec import decode, unpack_headers
from shared.service import open_platform
from tests.support.factories.customer import NOW, person_body
from tests.support.tokens import Tokens, create_tokens

CUSTOMERS = "/v1/customers"


@dataclass(frozen=True, slots=True)
class CustomerApi:
    client: httpx.AsyncClient
    database: Database
    clock: SteppedClock
    tokens: Tokens

    async def register(self, number: int = 1, **values: Any) -> dict[str, Any]:
        """The customer as answered."""
        answer = await self.client.post(CUSTOMERS, json=person_body(number, **values))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def read(self, customer_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"{CUSTOMERS}/{customer_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def change(self, customer: dict[str, Any], **values: Any) -> httpx.Response:
        """A PATCH of the version that `customer` was read at."""
        return await self.client.patch(
            f"{CUSTOMERS}/{customer['customer_id']}", json=values, headers={"If-Match": f'"{customer["version"]}"'}
        )

    async def listed(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(CUSTOMERS, params=filters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def published(self) -> Sequence[Event[EventData]]:
        """What waits in the outbox, in the order in which it will leave."""
        async with self.database.snapshot() as session:
            rows = await session.execute(text("SELECT topic, key, headers, value FROM outbox ORDER BY id"))
            return [
                decode(Record(row.topic, 0, 0, row.key, row.value, unpack_headers(row.headers), wall_now()))
                for row in rows
            ]

    async def forget_published(self) -> None:
        async with self.database.transaction() as session:
            await session.execute(text("DELETE FROM outbox"))


@asynccontextmanager
async def open_customer_api(dsn: str, folder: Path) -> AsyncIterator[CustomerApi]:
    tokens = create_tokens(folder)
    settings = CustomerSettings.model_validate({"database_url": dsn, "broker_database_url": dsn, **tokens.settings()})
    clock = SteppedClock(NOW)
    async with (
        open_platform(DEFINITION, settings, clock) as platform,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_api(platform)),
            base_url="http://customer.test",
            headers=tokens.headers("customer:read", "customer:write"),
        ) as client,
    ):
        yield CustomerApi(client, platform.database, clock, tokens)


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and the first field of a refusal."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    body = answer.json()
    return answer.status_code, body["code"], body["errors"][0]["field"] if body["errors"] else None
