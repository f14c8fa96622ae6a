"""The quick lane of recording: the doors of `interactions`, for what needs no second look, many to a transaction."""

from collections.abc import Sequence
from typing import Any

from services.interaction.complaints.use_cases import PromisePolicy
from services.interaction.ingest.api.bulk import BulkRecording
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from services.interaction.ingest.outcome import Outcome, Refused
from services.interaction.ingest.schemas.cloudevents import BATCHED
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.lines import NDJSON
from services.interaction.ingest.schemas.requests import InteractionStruct, command_of
from services.interaction.ingest.schemas.responses import body_of
from services.interaction.ingest.use_cases import record_interactions
from shared.db.group_commit import GroupCommit
from shared.db.session import DirectSession
from shared.errors import InvalidInput
from shared.messaging.backpressure import Backpressure
from shared.service import Platform
from shared.structs import StructDecoder
from shared.web.answers import Answer
from shared.web.grouped import Asked, answered_once
from shared.web.quick import QuickRequest, QuickRoute

_JSON = (b"content-type", b"application/json")
_MEDIA_TYPES = frozenset({"application/json", "application/json; charset=utf-8"})
_submissions: StructDecoder[Any] = StructDecoder(InteractionStruct)


def quick_routes(platform: Platform[Any], backpressure: Backpressure) -> Sequence[QuickRoute]:
    """Each answers for the ordinary route of the same address."""
    one, many = QuickRecording(platform, backpressure), BulkRecording(platform, backpressure)
    return (
        QuickRoute("POST", "/v1/interactions", _MEDIA_TYPES, "interaction:write", one.record_interaction),
        QuickRoute("POST", "/v1/interactions/batch", _MEDIA_TYPES | {NDJSON}, "interaction:write", many.record_batch),
        QuickRoute("POST", "/v1/events", frozenset({BATCHED}), "interaction:write", many.record_events),
    )


class QuickRecording:
    def __init__(self, platform: Platform[Any], backpressure: Backpressure) -> None:
        self._backpressure = backpressure
        self._outbox = platform.outbox
        self._clock = platform.clock
        self._period = AcceptedPeriod(platform.settings.earliest_occurred_at, platform.settings.max_future)
        self._policy = PromisePolicy.from_settings(platform.settings)
        self._group = GroupCommit(platform.database, answered_once(self._record), name="recording")

    async def record_interaction(self, request: QuickRequest) -> Answer | None:
        told = _submissions.decode(request.body)
        if told is None:
            return None
        try:
            command = command_of(
                told,
                Admission(self._period, self._clock.now()),
                default_source=request.principal.subject,
                **request.origin(),
            )
        except InvalidInput:
            return None  # the ordinary route says it
        self._backpressure.check()
        return await self._group.submit(Asked(command, request.claim()))

    async def _record(
        self, session: DirectSession, commands: Sequence[RecordInteraction]
    ) -> Sequence[Answer | Exception]:
        return [
            _answer(outcome)
            for outcome in await record_interactions(session, self._outbox, self._clock, commands, policy=self._policy)
        ]


def _answer(outcome: Outcome) -> Answer | Exception:
    if isinstance(outcome, Refused):
        return outcome.error
    address = f"/v1/interactions/{outcome.interaction.content.interaction_id}"
    return Answer(201 if outcome.fresh else 200, (_JSON, (b"location", address.encode())), body_of(outcome.interaction))
