"""Recording interactions as CloudEvents: for systems that publish events and have no broker in reach."""

from typing import Any

from fastapi import Request, Response

from services.interaction.ingest.api.parameters import AdmissionDep, RecorderDep
from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.cloudevents import is_batch, parse_batch, parse_event
from services.interaction.ingest.schemas.documentation import EVENT_BODY, EVENT_HEADERS
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.responses import BatchResult, InteractionRead
from services.interaction.parameters import Writer
from shared.contracts.envelope import Event
from shared.errors import InvalidInput
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/events", tags=["interactions"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": InteractionRead | BatchResult, "description": "Recorded before, or the results of a batch"},
    429: {"description": "More is asked for, or waits to be published, than can be served"},
}


@router.post(
    "",
    status_code=201,
    response_model=InteractionRead | BatchResult,
    responses=_ANSWERS,
    openapi_extra={"requestBody": EVENT_BODY, "parameters": EVENT_HEADERS},
)
async def record_events(
    request: Request,
    session: SessionDep,
    admission: AdmissionDep,
    recorder: RecorderDep,
    _principal: Writer,
    response: Response,
) -> InteractionRead | BatchResult:
    """Records CloudEvents 1.0: one in structured or binary mode, or a batch of up to 1000.

    The event's `source` and `id` identify the interaction for ever, its `time` says when it happened. The types and
    their data are the `rapport.inbound.*` ones of docs/asyncapi.yaml, the same as on the topic `inbound.events`. A
    batch is answered like one of /v1/interactions/batch.
    """
    content_type = request.headers.get("content-type", "")
    body = await request.body()
    if is_batch(content_type):
        response.status_code = 200
        items = [_command_or_refusal(event, admission) for event in parse_batch(body)]
        return await recorder.record_batch(session, items)
    event = parse_event(request.headers.items(), content_type, body)
    return await recorder.record_one(session, admission.command_of_event(event), response)


def _command_or_refusal(event: Event[Any] | InvalidInput, admission: Admission) -> RecordInteraction | InvalidInput:
    if isinstance(event, InvalidInput):
        return event
    try:
        return admission.command_of_event(event)
    except InvalidInput as error:
        return error
