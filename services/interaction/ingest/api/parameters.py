"""Parameters and answers that several routes share."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.use_cases import PromisePolicy
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from services.interaction.ingest.outcome import Accepted, Outcome, Refused, Status
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.responses import BatchItemResult, BatchResult, InteractionRead, read_of
from services.interaction.ingest.use_cases import record_interactions
from shared.errors import RapportError
from shared.messaging.backpressure import Backpressure
from shared.service import Platform, PlatformDep
from shared.web.problems import problem_of


class Recorder:
    """Records what a request brings, as one batch in its transaction."""

    def __init__(self, platform: Platform[Any], *, require_known_customer: bool) -> None:
        self._outbox = platform.outbox
        self._clock = platform.clock
        self._policy = PromisePolicy.from_settings(platform.settings)
        self._require_known_customer = require_known_customer

    async def record(self, session: AsyncSession, commands: Sequence[RecordInteraction]) -> list[Outcome]:
        return await record_interactions(
            session,
            self._outbox,
            self._clock,
            commands,
            policy=self._policy,
            require_known_customer=self._require_known_customer,
        )

    async def record_one(
        self, session: AsyncSession, command: RecordInteraction, response: Response
    ) -> InteractionRead:
        """The interaction, with 201 when it is new and 200 when it was recorded before. Raises what refuses it."""
        [outcome] = await self.record(session, [command])
        if isinstance(outcome, Refused):
            raise outcome.error
        response.status_code = 201 if outcome.fresh else 200
        response.headers["Location"] = f"/v1/interactions/{command.interaction_id}"
        return read_of(outcome.interaction)

    async def record_batch(
        self, session: AsyncSession, items: Sequence[RecordInteraction | RapportError]
    ) -> BatchResult:
        """A result per item, in order; an item that is an error already keeps its place and spoils no other."""
        outcomes = iter(await self.record(session, [item for item in items if isinstance(item, RecordInteraction)]))
        results = [
            _result(index, next(outcomes)) if isinstance(item, RecordInteraction) else _refusal(index, item)
            for index, item in enumerate(items)
        ]
        counts = Counter(result.status for result in results)
        return BatchResult(items=results, **{status.value: counts[status.value] for status in Status})


# Coroutines: FastAPI sends plain functions to a thread, which costs more than all the rest of a request.
async def _admission(platform: PlatformDep) -> Admission:
    period = AcceptedPeriod(platform.settings.earliest_occurred_at, platform.settings.max_future)
    return Admission(period, platform.clock.now())


async def _recorder(
    request: Request,
    platform: PlatformDep,
    require_known_customer: Annotated[
        bool,
        Query(description="refuse an interaction whose customer is not registered, instead of keeping it for them"),
    ] = False,
) -> Recorder:
    backpressure: Backpressure = request.app.state.backpressure
    backpressure.check()
    return Recorder(platform, require_known_customer=require_known_customer)


AdmissionDep = Annotated[Admission, Depends(_admission)]
RecorderDep = Annotated[Recorder, Depends(_recorder)]


def _result(index: int, outcome: Outcome) -> BatchItemResult:
    if isinstance(outcome, Accepted):
        interaction_id = outcome.interaction.content.interaction_id
        return BatchItemResult(index=index, status=outcome.status.value, interaction_id=interaction_id)
    return BatchItemResult(index=index, status=outcome.status.value, problem=problem_of(outcome.error))


def _refusal(index: int, error: RapportError) -> BatchItemResult:
    return BatchItemResult(index=index, status="invalid", problem=problem_of(error))
