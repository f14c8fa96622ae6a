"""The quick lane of bulk recording: a whole request is read at once, and recorded by one set of statements."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from services.interaction.complaints.use_cases import PromisePolicy
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from services.interaction.ingest.outcome import Outcome, Refused, Status
from services.interaction.ingest.schemas.documents import BATCH, EVENT
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.lines import NDJSON, batch_of_lines
from services.interaction.ingest.schemas.requests import MAX_BATCH, InteractionStruct, command_of
from services.interaction.ingest.use_cases import record_interactions
from shared.contracts.envelope import Event
from shared.db.group_commit import GroupCommit
from shared.db.session import DirectSession
from shared.errors import InvalidInput, RapportError
from shared.messaging.backpressure import Backpressure
from shared.service import Platform
from shared.structs import StructDecoder
from shared.web.answers import Answer
from shared.web.grouped import Asked, answered_once
from shared.web.problems import problem_of
from shared.web.quick import QuickRequest

Item = RecordInteraction | RapportError
"""What is to be recorded, or why it cannot be."""

_encode = msgspec.json.Encoder().encode
_HEADERS = ((b"content-type", b"application/json"),)
_batches: StructDecoder[Any] = StructDecoder(BATCH)
_lines: StructDecoder[Any] = StructDecoder(InteractionStruct)
_documents: StructDecoder[Any] = StructDecoder(list.__class_getitem__(EVENT))


class BulkRecording:
    def __init__(self, platform: Platform[Any], backpressure: Backpressure) -> None:
        self._backpressure = backpressure
        self._outbox = platform.outbox
        self._clock = platform.clock
        self._period = AcceptedPeriod(platform.settings.earliest_occurred_at, platform.settings.max_future)
        self._policy = PromisePolicy.from_settings(platform.settings)
        work = answered_once(self._record)
        self._group = GroupCommit(platform.database, work, name="bulk_recording", max_group=4, max_waiting=100)

    async def record_batch(self, request: QuickRequest) -> Answer | None:
        if request.media_type == NDJSON:
            told = _lines.decode_lines(request.body)
            request = replace(request, body=batch_of_lines(request.body))  # which an Idempotency-Key is for
        else:
            batch = _batches.decode(request.body)
            told = None if batch is None else batch.items
        if told is None or not 1 <= len(told) <= MAX_BATCH:
            return None
        admission, subject, origin = self._admission(), request.principal.subject, request.origin()
        items = [_item(partial(command_of, one, admission, default_source=subject, **origin)) for one in told]
        self._backpressure.check()
        return await self._group.submit(Asked(items, request.claim()))

    async def record_events(self, request: QuickRequest) -> Answer | None:
        documents = _documents.decode(request.body)
        if documents is None or not 1 <= len(documents) <= MAX_BATCH:
            return None
        admission, origin = self._admission(), request.origin()
        items = [_item(partial(admission.command_of_event, Event(told, told.data), **origin)) for told in documents]
        self._backpressure.check()
        return await self._group.submit(Asked(items, request.claim()))

    def _admission(self) -> Admission:
        return Admission(self._period, self._clock.now())

    async def _record(self, session: DirectSession, requests: Sequence[Sequence[Item]]) -> Sequence[Answer | Exception]:
        commands = [item for items in requests for item in items if isinstance(item, RecordInteraction)]
        outcomes = iter(await record_interactions(session, self._outbox, self._clock, commands, policy=self._policy))
        return [Answer(200, _HEADERS, _body(items, outcomes)) for items in requests]


def _item(make: Callable[[], RecordInteraction]) -> Item:
    try:
        return make()
    except InvalidInput as error:
        return error


def _body(items: Sequence[Item], outcomes: Iterator[Outcome]) -> bytes:
    """The JSON of a BatchResult, in its order."""
    results = [
        _result(index, next(outcomes)) if isinstance(item, RecordInteraction) else _refusal(index, item)
        for index, item in enumerate(items)
    ]
    counts = Counter(result["status"] for result in results)
    return _encode({**{status: counts[status] for status in Status}, "items": results})


def _result(index: int, outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        return _refusal(index, outcome.error, outcome.status)
    interaction_id = outcome.interaction.content.interaction_id
    return {"index": index, "status": outcome.status, "interaction_id": interaction_id, "problem": None}


def _refusal(index: int, error: RapportError, status: Status = Status.INVALID) -> dict[str, Any]:
    problem = msgspec.Raw(problem_of(error).model_dump_json().encode())
    return {"index": index, "status": status, "interaction_id": None, "problem": problem}
