from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.clock_control import add_clock_control
from deploy.local.issuer import CLOCK_SCOPE, LocalIssuer, create_issuer_app
from shared.clock import SteppedClock

START = datetime(1997, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
def issuer(tmp_path: Path) -> LocalIssuer:
    return LocalIssuer(tmp_path, "http://issuer")


@pytest.fixture
async def client(clock: SteppedClock, issuer: LocalIssuer) -> AsyncIterator[httpx.AsyncClient]:
    app = create_issuer_app(issuer)
    add_clock_control(app, clock, issuer)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://issuer") as client:
        yield client


async def move(client: httpx.AsyncClient, token: str, to: str) -> httpx.Response:
    return await client.put("/clock", json={"now": to}, headers={"Authorization": f"Bearer {token}"})


async def test_time_is_told_and_moved_forward(
    client: httpx.AsyncClient, clock: SteppedClock, issuer: LocalIssuer
) -> None:
    assert (await client.get("/clock")).json() == {"now": "1997-01-01T00:00:00Z"}
    answer = await move(client, issuer.mint([CLOCK_SCOPE]), "1997-01-02T01:00:00+01:00")
    assert answer.status_code == 200
    assert clock.now() == datetime(1997, 1, 2, tzinfo=UTC)


async def test_time_is_never_taken_back(client: httpx.AsyncClient, clock: SteppedClock, issuer: LocalIssuer) -> None:
    answer = await move(client, issuer.mint([CLOCK_SCOPE]), "1996-12-31T00:00:00Z")
    assert answer.status_code == 409
    assert "cannot go back" in answer.json()["detail"]
    assert clock.now() == START


async def test_moving_time_takes_a_token_with_the_scope(
    client: httpx.AsyncClient, clock: SteppedClock, issuer: LocalIssuer
) -> None:
    assert (await move(client, "nonsense", "1997-01-02T00:00:00Z")).status_code == 401
    assert (await move(client, issuer.mint([CLOCK_SCOPE], minutes=-5), "1997-01-02T00:00:00Z")).status_code == 401
    assert (await move(client, issuer.mint(["customer:read"]), "1997-01-02T00:00:00Z")).status_code == 403
    assert clock.now() == START


async def test_a_naive_time_is_refused(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    assert (await move(client, issuer.mint([CLOCK_SCOPE]), "1997-01-02T00:00:00")).status_code == 422


async def test_without_a_stepped_clock_there_is_no_such_endpoint(issuer: LocalIssuer) -> None:
    transport = httpx.ASGITransport(create_issuer_app(issuer))
    async with httpx.AsyncClient(transport=transport, base_url="http://issuer") as client:
        assert (await client.get("/clock")).status_code == 404
