"""Recording while what was recorded before does not get published: for a long while it goes on, then callers wait."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.messaging.backpressure import Backpressure
from tests.support.answers import problem
from tests.support.factories.interaction import interaction_body
from tests.support.interaction_api import INTERACTIONS, InteractionApi


@pytest.fixture
def backpressure(api: InteractionApi) -> Backpressure:
    transport: Any = api.client._transport
    found: Backpressure = transport.app.state.backpressure
    return found


async def age_outbox(api: InteractionApi, age: timedelta) -> None:
    """No relay runs here: what is recorded stays, and is as old as we say."""
    async with api.platform.database.transaction() as session:
        await session.execute(text("UPDATE outbox SET created_at = created_at - CAST(:age AS interval)"), {"age": age})


async def every_door(api: InteractionApi, body: dict[str, Any]) -> list[httpx.Response]:
    return [
        await api.client.post(INTERACTIONS, json=body),
        await api.client.post(INTERACTIONS, json=body, params={"require_known_customer": "false"}),
        await api.client.post(f"{INTERACTIONS}/batch", json={"items": [body]}),
    ]


async def test_recording_is_refused_while_its_events_wait_too_long(
    api: InteractionApi, backpressure: Backpressure
) -> None:
    customer = await api.learn()
    await api.record(customer=customer)
    await age_outbox(api, timedelta(minutes=59))
    await backpressure.look()
    assert {answer.status_code for answer in await every_door(api, interaction_body())} == {201, 200}

    await age_outbox(api, timedelta(minutes=2))
    await backpressure.look()
    for answer in await every_door(api, interaction_body()):
        assert problem(answer)[:2] == (429, "pipeline_lagging")
        assert 5 <= int(answer.headers["Retry-After"]) <= 60

    async with api.platform.database.transaction() as session:
        await session.execute(text("DELETE FROM outbox"))
    await backpressure.look()
    assert (await api.post()).status_code == 201


async def test_reading_goes_on_meanwhile(api: InteractionApi, backpressure: Backpressure) -> None:
    recorded = await api.record(customer=await api.learn())
    await age_outbox(api, timedelta(hours=2))
    await backpressure.look()
    assert await api.read(f"{INTERACTIONS}/{recorded['interaction_id']}") == recorded


async def test_the_age_is_seen_to_by_whoever_comes(api: InteractionApi) -> None:
    await api.record(customer=await api.learn())
    backpressure = Backpressure(api.platform.database, max_age=timedelta(minutes=1), look_every_seconds=0.0)
    await age_outbox(api, timedelta(minutes=2))
    backpressure.check()  # nothing is known yet
    await backpressure._finish()
    with pytest.raises(Exception, match="have waited 1"):
        backpressure.check()
    await backpressure._finish()
