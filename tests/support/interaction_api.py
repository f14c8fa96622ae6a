"""The interaction service's API in the test's own process, over a database of its own; nothing in it is replaced."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.interaction.app import DEFINITION, create_api
from services.interaction.ingest.consumers import customer_handler
from services.interaction.settings import InteractionSettings
from shared.clock import SteppedClock
from shared.contracts.envelope import Event, EventData
from shared.service import Platform, open_platform
from tests.support import outbox
from tests.support.factories.interaction import NOW, PROMISES, customer_event, interaction_body
from tests.support.tokens import Tokens, create_tokens

INTERACTIONS = "/v1/interactions"


@dataclass(frozen=True, slots=True)
class InteractionApi:
    client: httpx.AsyncClient
    platform: Platform[InteractionSettings]
    clock: SteppedClock
    tokens: Tokens

    async def post(self, kind: str = "purchase", **values: Any) -> httpx.Response:
        return await self.client.post(INTERACTIONS, json=interaction_body(kind, **values))

    async def record(self, kind: str = "purchase", **values: Any) -> dict[str, Any]:
        """The interaction as answered to its first recording."""
        answer = await self.post(kind, **values)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def read(self, address: str, **parameters: Any) -> dict[str, Any]:
        answer = await self.client.get(address, params=parameters)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def learn(
        self,
        *external_ids: tuple[str, str],
        customer_id: UUID | None = None,
        version: int = 1,
        key_account: bool = False,
    ) -> dict[str, Any]:
        """Lets the service hear of a customer; gives what an interaction names it by."""
        customer_id = customer_id or uuid4()
        event = customer_event(customer_id, *external_ids, version=version, key_account=key_account)
        async with self.platform.database.transaction() as session:
            await customer_handler(self.platform.outbox, PROMISES)(session, [event])
        return {"id": str(customer_id)}

    async def published(self) -> Sequence[Event[EventData]]:
        return await outbox.published(self.platform.database)


@asynccontextmanager
async def open_interaction_api(
    dsn: str, folder: Path, *, broker_dsn: str | None = None
) -> AsyncIterator[InteractionApi]:
    """`broker_dsn` where a broker is used too, which the API itself does not need."""
    tokens = create_tokens(folder)
    addresses = {"database_url": dsn, "broker_database_url": broker_dsn or dsn}
    settings = InteractionSettings.model_validate({**addresses, **tokens.settings()})
    clock = SteppedClock(NOW)
    async with (
        open_platform(DEFINITION, settings, clock) as platform,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_api(platform)),
            base_url="http://interaction.test",
            headers=tokens.headers("interaction:read", "interaction:write", subject="shop"),
        ) as client,
    ):
        yield InteractionApi(client, platform, clock, tokens)
