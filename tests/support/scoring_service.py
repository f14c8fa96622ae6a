"""The scoring service in the test's own process, over a database of its own; nothing in it is replaced."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.scoring.app import DEFINITION, create_api
from services.scoring.facts.repository import find_statistics
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.jobs.fitting import ModelFitter, drift_job
from services.scoring.policies.jobs import PolicySwitcher
from services.scoring.policies.policy import Policy
from services.scoring.policies.queries import Policies
from services.scoring.replays.jobs import Replayer
from services.scoring.scores.consumers import CustomerHandler, InteractionHandler
from services.scoring.scores.jobs import Rescorer, review_job
from services.scoring.scores.queries import Contexts
from services.scoring.scores.use_cases import Teller
from services.scoring.segments.jobs import SegmentKeeper
from services.scoring.segments.use_cases import Keeper
from services.scoring.settings import ScoringSettings
from services.scoring.simulations.jobs import Simulator
from shared.clock import SteppedClock
from shared.contracts.envelope import Event
from shared.contracts.scoring import ScoreChanged
from shared.db.session import Database
from shared.service import Platform, open_platform
from tests.support import outbox
from tests.support.factories.scoring import CUSTOMER, POLICY, START
from tests.support.tokens import Tokens, create_tokens


@dataclass(frozen=True, slots=True)
class ScoringService:
    client: httpx.AsyncClient
    platform: Platform[ScoringSettings]
    database: Database
    clock: SteppedClock
    teller: Teller
    policies: Policies
    tokens: Tokens

    def headers(self, *scopes: str) -> dict[str, str]:
        return self.tokens.headers(*scopes)

    async def apply(self, *events: Event[Any], batch: int = 1000) -> None:
        """Lets the worker's handler apply events, a transaction per batch."""
        handler = InteractionHandler(self.teller)
        for start in range(0, len(events), batch):
            async with self.database.transaction() as session:
                await handler(session, events[start : start + batch])

    async def know(self, *events: Event[Any]) -> None:
        async with self.database.transaction() as session:
            await CustomerHandler(self.teller)(session, events)

    async def fit(self) -> None:
        fitter = ModelFitter(database=self.database, clock=self.clock, policies=self.policies)
        while await fitter.step():
            pass

    async def check_drift(self) -> None:
        async with self.database.transaction() as session:
            await drift_job(self.policies, self.clock).run(session, self.clock.now())

    async def rescore(self, batch: int = 500) -> int:
        """Rescores everybody; gives the number of transactions it took."""
        rescorer = Rescorer(database=self.database, teller=self.teller, batch=batch)
        steps = 1
        while await rescorer.step():
            steps += 1
        return steps

    async def switch_policy(self) -> None:
        """Lets the worker bring into force what is due, and give a new database its first policy."""
        await PolicySwitcher(database=self.database, clock=self.clock, policies=self.policies).step()

    async def simulate(self, batch: int = 500) -> int:
        """Works off what was asked for; gives the number of steps it took."""
        simulator = Simulator(database=self.database, clock=self.clock, contexts=self.teller.contexts, batch=batch)
        steps = 0
        while await simulator.step():
            steps += 1
        return steps

    def replayer(self, batch: int = 500) -> Replayer:
        return Replayer(database=self.database, teller=self.teller, batch=batch)

    async def replay(self, batch: int = 500) -> int:
        """Works until there is nothing to do at the moment; gives the number of steps it took."""
        replayer, steps = self.replayer(batch), 0
        while await replayer.step():
            steps += 1
        return steps

    async def keep_segments(self, batch: int = 500) -> int:
        """Lets the worker bring members up to the facts; gives the number of portions it took."""
        keeper = Keeper(self.teller.contexts, self.platform.outbox, self.clock)
        job = SegmentKeeper(database=self.database, keeper=keeper, batch=batch)
        steps = 0
        while await job.step():
            steps += 1
        return steps

    async def review(self, batch: int = 500) -> None:
        job = review_job(self.teller, batch=batch)
        more = True
        while more:
            async with self.database.transaction() as session:
                more = await job.run(session, self.clock.now())

    async def read(self, address: str, status: int = 200, **parameters: Any) -> dict[str, Any]:
        answer = await self.client.get(address, params=parameters)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def read_list(self, address: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(address, params=parameters)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    async def post(self, address: str, status: int, body: object = None, **headers: str) -> dict[str, Any]:
        answer = await self.client.post(address, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def score(self, customer_id: UUID = CUSTOMER, **parameters: Any) -> dict[str, Any]:
        return await self.read(f"/v1/customers/{customer_id}/score", **parameters)

    async def statistics(self, customer_id: UUID = CUSTOMER) -> Statistics | None:
        async with self.database.snapshot() as session:
            return await find_statistics(session, customer_id)

    async def told(self, customer_id: UUID | None = None) -> Sequence[ScoreChanged]:
        """What was told of everybody, or of one customer, in order."""
        events = [event.data for event in await outbox.published(self.database)]
        scores = [data for data in events if isinstance(data, ScoreChanged)]
        return [data for data in scores if customer_id in (None, data.customer_id)]

    async def count(self, table: str) -> int:
        async with self.database.snapshot() as session:
            return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)

    async def due_at(self, customer_id: UUID = CUSTOMER) -> datetime | None:
        async with self.database.snapshot() as session:
            due: datetime | None = await session.scalar(
                text("SELECT due_at FROM reviews WHERE customer_id = :customer"), {"customer": customer_id}
            )
            return due


@asynccontextmanager
async def open_scoring_service(
    dsn: str, folder: Path, *, broker_dsn: str | None = None, policy: Policy = POLICY, now: datetime = START
) -> AsyncIterator[ScoringService]:
    tokens = create_tokens(folder)
    settings = ScoringSettings.model_validate(
        {"database_url": dsn, "broker_database_url": broker_dsn or dsn, **tokens.settings()}
    )
    clock = SteppedClock(now)
    async with open_platform(DEFINITION, settings, clock) as platform:
        api = create_api(platform)
        policies = Policies(policy)
        teller = Teller(Contexts(policies), platform.outbox, clock)
        api.state.policies, api.state.contexts = policies, Contexts(policies)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(api),
            base_url="http://scoring.test",
            headers=tokens.headers("scoring:read", "scoring:write", "scoring:admin"),
        ) as client:
            yield ScoringService(client, platform, platform.database, clock, teller, policies, tokens)
