"""The customer service's API in the test's own process, over a database of its own; nothing in it is replaced."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.customer.app import DEFINITION, create_api
from services.customer.settings import CustomerSettings
from shared.clock import SteppedClock
from shared.contracts.envelope import Event, EventData
from shared.db.session import Database
from shared.service import Platform, open_platform
from tests.support import outbox
from tests.support.factories.customer import NOW, person_body
from tests.support.tokens import Tokens, create_tokens

CUSTOMERS = "/v1/customers"


@dataclass(frozen=True, slots=True)
class CustomerApi:
    client: httpx.AsyncClient
    platform: Platform[CustomerSettings]
    clock: SteppedClock
    tokens: Tokens

    @property
    def database(self) -> Database:
        return self.platform.database

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
        return await outbox.published(self.database)

    async def forget_published(self) -> None:
        await outbox.forget_published(self.database)


@asynccontextmanager
async def open_customer_api(
    dsn: str, folder: Path, *, broker_dsn: str = "postgresql://nobody@localhost/none"
) -> AsyncIterator[CustomerApi]:
    """`broker_dsn` matters to a worker only: the API writes to its outbox."""
    tokens = create_tokens(folder)
    settings = CustomerSettings.model_validate(
        {"database_url": dsn, "broker_database_url": broker_dsn, **tokens.settings()}
    )
    clock = SteppedClock(NOW)
    async with (
        open_platform(DEFINITION, settings, clock) as platform,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_api(platform)),
            base_url="http://customer.test",
            headers=tokens.headers("customer:read", "customer:write"),
        ) as client,
    ):
        yield CustomerApi(client, platform, clock, tokens)
