"""Recording many interactions in one request, each with a result of its own."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from services.interaction.ingest.api.parameters import AdmissionDep, RecorderDep
from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.lines import LINES_BODY, NDJSON, batch_of_any_lines
from services.interaction.ingest.schemas.requests import BatchCreate, InteractionCreate, command_of
from services.interaction.ingest.schemas.responses import BatchResult
from services.interaction.parameters import Writer
from shared.errors import InvalidInput
from shared.web.routing import SessionDep, TransactionalRoute, api_router


class _LinesRoute(TransactionalRoute):
    """Takes lines of JSON for the batch that they are."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_either(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() == NDJSON:
                request = _as_batch(request, batch_of_any_lines(await request.body()))
            return await handle(request)

        return handle_either


def _as_batch(request: Request, body: bytes) -> Request:
    headers = [header for header in request.scope["headers"] if header[0] not in (b"content-type", b"content-length")]
    scope = {**request.scope, "headers": [*headers, (b"content-type", b"application/json")]}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


router = api_router(prefix="/v1/interactions", tags=["interactions"])
router.route_class = _LinesRoute


@router.post(
    "/batch",
    responses={429: {"description": "More waits than can be served"}},
    openapi_extra={"requestBody": LINES_BODY},
)
async def record_batch(
    batch: BatchCreate,
    session: SessionDep,
    admission: AdmissionDep,
    recorder: RecorderDep,
    principal: Writer,
) -> BatchResult:
    """Records up to 1000 interactions, as one document or as lines of JSON.

    The answer is 200 with a result per item, whatever became of them (as 207 would say): look at the counts. One that
    is refused comes with the problem it would get alone; the others are recorded all the same.
    """
    items = [_command_or_refusal(item, admission, principal.subject) for item in batch.submissions]
    return await recorder.record_batch(session, items)


def _command_or_refusal(
    item: InteractionCreate | InvalidInput, admission: Admission, subject: str
) -> RecordInteraction | InvalidInput:
    if isinstance(item, InvalidInput):
        return item
    try:
        return command_of(item, admission, default_source=subject)
    except InvalidInput as error:
        return error
