"""Recording interactions one by one, and reading them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Query, Response

from services.interaction.ingest.api.parameters import AdmissionDep, RecorderDep
from services.interaction.ingest.queries import get_interaction, list_awaiting
from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.requests import InteractionCreate, command_of
from services.interaction.ingest.schemas.responses import InteractionRead, WaitingInteraction, read_of
from services.interaction.parameters import Reader, Writer, page_of, place_in
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/interactions", tags=["interactions"])

_EXAMPLES: dict[str, Any] = {kind: {"value": example} for kind, example in INTERACTIONS.items()}
_DUPLICATE: dict[int | str, dict[str, Any]] = {
    200: {"model": InteractionRead, "description": "The same interaction was recorded before; nothing has changed"},
    429: {"description": "More is asked for, or waits to be published, than can be served"},
}


@router.post("", status_code=201, responses=_DUPLICATE)
async def record_interaction(
    interaction: Annotated[InteractionCreate, Body(openapi_examples=_EXAMPLES)],
    session: SessionDep,
    admission: AdmissionDep,
    recorder: RecorderDep,
    principal: Writer,
    response: Response,
) -> InteractionRead:
    """Records what happened between a customer and the business.

    `source` and `id` identify it for ever: sent again with the same content it is answered with 200 and changes
    nothing, with other content it is refused with 409. A customer not registered yet may be named already: the
    interaction is then kept as `awaiting_customer` and published when the customer appears.
    """
    command = command_of(interaction, admission, default_source=principal.subject)
    return await recorder.record_one(session, command, response)


@router.get("")
async def list_interactions(
    session: SessionDep,
    clock: ClockDep,
    page: PageDep,
    _principal: Reader,
    _state: Annotated[
        Literal["awaiting_customer"],
        Query(alias="state", description="those of a customer are in its timeline, this lists those of none"),
    ],
) -> Page[WaitingInteraction]:
    """Interactions whose customers are not registered yet, the longest kept first."""
    found = await list_awaiting(session, after=place_in(page), limit=page.limit + 1)
    shown = page_of(found, page, lambda it: (it.recorded_at, it.content.interaction_id))
    now = clock.now()
    return Page(
        items=[
            WaitingInteraction(interaction=read_of(it), waiting_seconds=_seconds(it.recorded_at, now))
            for it in shown.items
        ],
        next_cursor=shown.next_cursor,
    )


@router.get("/{interaction_id}")
async def read_interaction(interaction_id: UUID, session: SessionDep, _principal: Reader) -> InteractionRead:
    """One interaction, by the id that the answer to its recording gave."""
    return read_of(await get_interaction(session, interaction_id))


def _seconds(since: datetime, now: datetime) -> int:
    return int((now - since).total_seconds())
