"""Where providers report what became of messages; each proves who it is in its own way, without a bearer token."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, Header, Path, Query, Request

from services.notification.messages.use_cases.receiving import record_receipts
from services.notification.parameters import DeskDep, Writer
from services.notification.receipts.callbacks import (
    AliyunDoor,
    Door,
    GatewayDoor,
    TwilioDoor,
    from_aliyun,
    from_gateway,
    from_twilio,
)
from services.notification.receipts.mail import read_report
from services.notification.receipts.schemas import ReportTaken
from shared.errors import InvalidInput, NotFound
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/receipts", tags=["receipts"])

_REFUSALS: dict[int | str, dict[str, Any]] = {401: {"description": "not from the provider"}}
_GATEWAY_EXAMPLE = {"message_id": "7d1f6a0e-54b1-5f0e-8a6b-0f2d8c1e9b77", "receipt": "delivered"}
D = TypeVar("D", TwilioDoor, AliyunDoor, GatewayDoor)

ProviderName = Annotated[str, Path(max_length=50, description="the provider's name in the providers document")]


def _body(media_type: str, example: object) -> dict[str, Any]:
    content = {media_type: {"schema": {"type": "string"} if isinstance(example, str) else {}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


async def _doors_of(request: Request) -> Mapping[str, Door]:
    doors: Mapping[str, Door] = request.app.state.doors
    return doors


Doors = Annotated[Mapping[str, Door], Depends(_doors_of)]


def _door(doors: Mapping[str, Door], provider: str, kind: type[D]) -> D:
    door = doors.get(provider)
    if not isinstance(door, kind):
        raise NotFound("no provider of this kind and name reports here", code="provider_unknown")
    return door


@router.post(
    "/twilio/{provider}",
    responses=_REFUSALS,
    openapi_extra=_body("application/x-www-form-urlencoded", "MessageSid=SM1&MessageStatus=delivered"),
)
async def report_by_twilio(
    provider: ProviderName,
    request: Request,
    session: SessionDep,
    desk: DeskDep,
    doors: Doors,
    signature: Annotated[str, Header(alias="X-Twilio-Signature", max_length=200)] = "",
) -> ReportTaken:
    """A status callback of Twilio's, with the signature that it puts on each."""
    door = _door(doors, provider, TwilioDoor)
    form = parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)
    reported = from_twilio(door, provider, request.url.query, form, signature)
    return ReportTaken(taken=await record_receipts(session, reported, desk=desk))


@router.post(
    "/aliyun/{provider}",
    responses=_REFUSALS,
    openapi_extra=_body("application/json", [{"biz_id": "1", "success": True, "err_code": "DELIVERED"}]),
)
async def report_by_aliyun(
    provider: ProviderName,
    request: Request,
    session: SessionDep,
    desk: DeskDep,
    doors: Doors,
    token: Annotated[str, Query(max_length=200, description="as agreed on with this provider's `report_token`")] = "",
) -> ReportTaken:
    """Reports of Alibaba Cloud SMS (SmsReport by HTTP), many at once."""
    reported = from_aliyun(_door(doors, provider, AliyunDoor), provider, token, await request.body())
    return ReportTaken(taken=await record_receipts(session, reported, desk=desk))


@router.post(
    "/gateway/{provider}",
    responses=_REFUSALS,
    openapi_extra=_body(
        "application/json", {"message_id": "7d1f6a0e-54b1-5f0e-8a6b-0f2d8c1e9b77", "receipt": "delivered"}
    ),
)
async def report_by_gateway(
    provider: ProviderName, request: Request, session: SessionDep, desk: DeskDep, doors: Doors
) -> ReportTaken:
    """A report of the business's own gateway, signed by Standard Webhooks."""
    reported = from_gateway(_door(doors, provider, GatewayDoor), provider, request.headers, await request.body())
    return ReportTaken(taken=await record_receipts(session, reported, desk=desk))


@router.post("/mail", openapi_extra=_body("application/octet-stream", "Content-Type: multipart/report; …"))
async def report_by_mail(request: Request, session: SessionDep, desk: DeskDep, _principal: Writer) -> ReportTaken:
    """A bounce (RFC 3464) or a complaint (RFC 5965): the raw mail as it came in, also as message/rfc822."""
    content = await request.body()
    if not content.strip():
        raise InvalidInput("the body must be the raw mail, as message/rfc822", code="report_invalid")
    return ReportTaken(taken=await record_receipts(session, read_report(content), desk=desk))
