"""Dead letters over HTTP: look at what could not be applied, try it again, or let it go."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from shared.messaging.dead_letter import (
    DeadLetter,
    Direction,
    State,
    discard,
    get_dead_letter,
    list_dead_letters,
    request_redrive,
)
from shared.web.auth import require
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router
from shared.web.schemas import RequestModel, ResponseModel


class DeadLetterRead(ResponseModel):
    """A record set aside, and why."""

    id: int
    direction: Direction = Field(description="could not be applied (in), or not be published (out)")
    consumer: str = Field(examples=["scoring.worker"])
    topic: str = Field(examples=["interaction.events"])
    partition: int | None
    record_offset: int | None
    event_id: str | None
    source: str | None
    type: str | None
    code: str = Field(examples=["data_invalid"])
    reason: str
    field: str | None
    attempts: int
    state: State
    first_failed_at: datetime
    last_failed_at: datetime
    closed_at: datetime | None


class DeadLetterDetail(DeadLetterRead):
    headers: dict[str, str]
    value: str | None = Field(description="the record itself; what is no UTF-8 in it is shown as �")


class RedriveRequest(RequestModel):
    """Which waiting dead letters to try again: those that fit every filter given, and there must be one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "currency_unknown"}, {"ids": [17, 18]}]})

    ids: list[Annotated[int, Field(ge=1, lt=2**63)]] | None = Field(
        default=None, min_length=1, max_length=1000, examples=[[17, 18]]
    )
    consumer: str | None = Field(default=None, min_length=1, max_length=200, examples=["scoring.worker"])
    code: str | None = Field(default=None, min_length=1, max_length=200, examples=["currency_unknown"])


class RedriveResult(ResponseModel):
    requested: int = Field(description="how many will be tried again, within moments")


DeadLetterId = Annotated[int, Path(ge=1, lt=2**63)]


def dead_letter_router(service: str) -> APIRouter:
    """Routes under /v1/dead-letters, for holders of the scope `<service>:admin`."""
    router = api_router(prefix="/v1/dead-letters", tags=["dead letters"], dependencies=[require(f"{service}:admin")])
    router.add_api_route("", _list, name="list_dead_letters", methods=["GET"])
    router.add_api_route("/{dead_letter_id}", _get, name="get_dead_letter", methods=["GET"])
    router.add_api_route("/redrive", _redrive, name="redrive_dead_letters", methods=["POST"], status_code=202)
    router.add_api_route(
        "/{dead_letter_id}/discard", _discard, name="discard_dead_letter", methods=["POST"], status_code=204
    )
    return router


async def _list(
    session: SessionDep,
    page: PageDep,
    consumer: Annotated[str | None, Query(max_length=200, examples=["scoring.worker"])] = None,
    state: State = State.WAITING,
) -> Page[DeadLetterRead]:
    """What could not be applied or published, newest first."""
    after = decode_cursor(page.cursor, int)[0] if page.cursor is not None else None
    letters = await list_dead_letters(session, consumer=consumer, state=state, limit=page.limit + 1, after=after)
    shown = letters[: page.limit]
    return Page(
        items=[DeadLetterRead.model_validate(letter) for letter in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(letters) > page.limit else None,
    )


async def _get(session: SessionDep, dead_letter_id: DeadLetterId) -> DeadLetterDetail:
    """One dead letter with the record itself, which may hold personal data."""
    content = await get_dead_letter(session, dead_letter_id)
    return DeadLetterDetail(
        **_values(content.letter),
        headers={name: value.decode(errors="replace") for name, value in content.headers},
        value=content.value.decode(errors="replace") if content.value is not None else None,
    )


async def _redrive(session: SessionDep, request: RedriveRequest) -> RedriveResult:
    """Has the workers try again: once the cause is gone, this loses nothing and applies nothing twice."""
    requested = await request_redrive(session, ids=request.ids, consumer=request.consumer, code=request.code)
    return RedriveResult(requested=requested)


async def _discard(session: SessionDep, dead_letter_id: DeadLetterId) -> None:
    """Closes a dead letter for good, without trying it again."""
    await discard(session, dead_letter_id)


def _values(letter: DeadLetter) -> dict[str, Any]:
    return DeadLetterRead.model_validate(letter).model_dump()
