"""Recording many interactions in one request, each with a result of its own."""

from services.interaction.ingest.api.parameters import AdmissionDep, RecorderDep
from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.requests import BatchCreate, InteractionCreate, command_of
from services.interaction.ingest.schemas.responses import BatchResult
from services.interaction.parameters import Writer
from shared.errors import InvalidInput
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/interactions", tags=["interactions"])


@router.post("/batch", responses={429: {"description": "More waits than can be served"}})
async def record_batch(
    batch: BatchCreate,
    session: SessionDep,
    admission: AdmissionDep,
    recorder: RecorderDep,
    principal: Writer,
) -> BatchResult:
    """Records up to 1000 interactions.

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
