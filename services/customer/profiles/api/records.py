"""Registering, reading, listing and changing customers."""

from typing import Annotated

from fastapi import Depends, Query, Response

from services.customer.parameters import CustomerId, Reader, Writer
from services.customer.profiles import queries
from services.customer.profiles.api.parameters import EXTERNAL_ID_PATH, AnnouncerDep, ExternalIdDep, HomeDefaultsDep
from services.customer.profiles.lifecycle import Lifecycle
from services.customer.profiles.queries import CustomerFilter, customer_read
from services.customer.profiles.schemas.fields import Line
from services.customer.profiles.schemas.requests import CustomerChange, CustomerCreate
from services.customer.profiles.schemas.responses import CustomerListed, CustomerRead
from services.customer.profiles.search_text import MAX_QUERY_LENGTH
from services.customer.profiles.use_cases import changes, registration
from shared.contracts.common import CustomerKind
from shared.contracts.scoring import AbcClass, LifecycleStage
from shared.service import ClockDep
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers", tags=["customers"])


@router.post("", status_code=201)
async def register_customer(
    wanted: CustomerCreate,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    defaults: HomeDefaultsDep,
    principal: Writer,
    etag: ETagDep,
    response: Response,
) -> CustomerRead:
    """Registers a person or an organisation."""
    record = await registration.register_customer(
        session, wanted, defaults=defaults, announcer=announcer, now=clock.now(), registrar=principal.subject
    )
    etag.set(record.version)
    response.headers["Location"] = f"/v1/customers/{record.customer_id}"
    return customer_read(record)


async def _filter(
    kind: CustomerKind | None = None,
    lifecycle: Lifecycle | None = None,
    tag: Annotated[Line | None, Query(max_length=50)] = None,
    region: Annotated[Line | None, Query(max_length=6, description="exactly this region")] = None,
    language: Annotated[Line | None, Query(max_length=20)] = None,
    abc_class: AbcClass | None = None,
    lifecycle_stage: LifecycleStage | None = None,
    owner_id: Annotated[Line | None, Query(max_length=100, description="looked after by this member of staff")] = None,
    key_account: bool | None = None,
    q: Annotated[
        Line | None,
        Query(
            max_length=MAX_QUERY_LENGTH,
            description="words that must all occur in names, addresses, numbers or external ids: from three characters "
            "on anywhere, shorter ones at the beginning of a word",
        ),
    ] = None,
) -> CustomerFilter:
    return CustomerFilter(
        kind=kind,
        lifecycle=lifecycle,
        tag=tag,
        region=region,
        language=language,
        abc_class=abc_class,
        lifecycle_stage=lifecycle_stage,
        owner_id=owner_id,
        key_account=key_account,
        q=q,
    )


@router.get("")
async def list_customers(
    session: SessionDep, wanted: Annotated[CustomerFilter, Depends(_filter)], page: PageDep, _principal: Reader
) -> Page[CustomerListed]:
    """Customers that match, the newest first, each with what scoring said last."""
    return await queries.list_customers(session, wanted, page)


@router.head("/{customer_id}", include_in_schema=False)
@router.get("/{customer_id}")
async def read_customer(
    customer_id: CustomerId, session: SessionDep, etag: ETagDep, _principal: Reader
) -> CustomerRead:
    """One customer. With `If-None-Match` the answer is 304 while the version is the same."""
    record = await queries.get_customer(session, customer_id)
    etag.set(record.version)
    return customer_read(record)


@router.head(f"/by-external-id/{EXTERNAL_ID_PATH}", include_in_schema=False)
@router.get(f"/by-external-id/{EXTERNAL_ID_PATH}")
async def read_customer_by_external_id(
    identity: ExternalIdDep, session: SessionDep, etag: ETagDep, _principal: Reader
) -> CustomerRead:
    """The customer who has this identity in another system."""
    record = await queries.get_customer_by_external_id(session, identity)
    etag.set(record.version)
    return customer_read(record)


@router.patch("/{customer_id}")
async def change_customer(
    customer_id: CustomerId,
    change: CustomerChange,
    version: ExpectedVersion,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Changes what is sent. A change that changes nothing keeps the version and tells nobody."""
    record = await changes.change_customer(
        session,
        customer_id,
        change,
        expected_version=version,
        announcer=announcer,
        now=clock.now(),
        changed_by=principal.subject,
    )
    etag.set(record.version)
    return customer_read(record)
