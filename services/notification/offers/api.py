"""Documents that mails carry, and coupon codes that they give away."""

from typing import Annotated, Any

from fastapi import Header, Path, Request, Response, status

from services.notification.offers import queries
from services.notification.offers.documents import MEDIA_TYPES
from services.notification.offers.schemas import CodesAdded, CodesTaken, CouponListRead, Digest, DocumentRead, ListName
from services.notification.offers.use_cases import add_codes, store_document
from services.notification.parameters import Reader, Writer
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

documents = api_router(prefix="/v1/documents", tags=["offers"])
coupons = api_router(prefix="/v1/coupon-lists", tags=["offers"])

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_EXAMPLE = {"example": "the document itself, for example %PDF-1.7 …"}
_UPLOAD = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _BINARY | _EXAMPLE)}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": dict.fromkeys(MEDIA_TYPES, _BINARY)}}
Name = Annotated[ListName, Path(description="the list's name")]


@documents.post("", status_code=status.HTTP_201_CREATED, openapi_extra=_UPLOAD)
async def upload_document(
    request: Request,
    session: SessionDep,
    clock: ClockDep,
    principal: Writer,
    content_type: Annotated[str, Header(max_length=200, include_in_schema=False)] = "",
) -> DocumentRead:
    """Keeps a document, the body as it is, under the digest of its content; the same content again is the same."""
    media_type = content_type.partition(";")[0].strip().lower()
    content = await request.body()
    digest = await store_document(session, content, media_type, by=principal.subject, now=clock.now())
    return DocumentRead.model_validate(await queries.get_document(session, digest))


@documents.get("")
async def list_documents(session: SessionDep, page: PageDep, _principal: Reader) -> Page[DocumentRead]:
    """Every document, the latest uploaded first."""
    return await queries.list_documents(session, page)


@documents.get("/{digest}", response_class=Response, responses=_CONTENT)
async def read_document(digest: Annotated[Digest, Path()], session: SessionDep, _principal: Reader) -> Response:
    """The document itself."""
    document = await queries.get_document(session, digest)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(document.content, media_type=document.media_type, headers=headers)


@coupons.post("/{name}/codes", status_code=status.HTTP_201_CREATED)
async def add_coupon_codes(
    name: Name, wanted: CodesAdded, session: SessionDep, clock: ClockDep, principal: Writer
) -> CodesTaken:
    """Puts codes on a list, new or not; those that are on it already stay as they are."""
    added = await add_codes(session, name, wanted.codes, by=principal.subject, now=clock.now())
    counts = await queries.get_coupon_list(session, name)
    return CodesTaken(**counts.model_dump(), added=added)


@coupons.get("")
async def list_coupon_lists(session: SessionDep, _principal: Reader) -> list[CouponListRead]:
    """Every list, with how many codes are left on it."""
    return await queries.list_coupon_lists(session)


@coupons.get("/{name}")
async def read_coupon_list(name: Name, session: SessionDep, _principal: Reader) -> CouponListRead:
    """One list; which message has which code is in the messages."""
    return await queries.get_coupon_list(session, name)


ROUTERS = (documents, coupons)
