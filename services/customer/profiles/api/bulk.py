"""Registering many customers at once, each with a result of its own."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.customer.parameters import Writer
from services.customer.profiles.api.parameters import AnnouncerDep, HomeDefaultsDep
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.schemas.requests import CustomerBulk, CustomerCreate
from services.customer.profiles.schemas.responses import BulkResult, BulkResults
from services.customer.profiles.use_cases import registration
from shared.errors import Conflict, RapportError
from shared.service import ClockDep
from shared.web.problems import invalid_input, problem_of
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers", tags=["customers"])

_item: TypeAdapter[CustomerCreate] = TypeAdapter(CustomerCreate)


@router.post("/bulk")
async def register_customers(
    bulk: CustomerBulk,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    defaults: HomeDefaultsDep,
    principal: Writer,
) -> BulkResults:
    """Registers up to 500 customers. The answer is 200 with a result per item, even if all were refused."""
    read = [_read_item(item) for item in bulk.customers]
    sound = [item for item in read if isinstance(item, CustomerCreate)]
    outcomes = iter(
        await registration.register_customers(
            session, sound, defaults=defaults, announcer=announcer, now=clock.now(), registrar=principal.subject
        )
    )
    results = [
        _result(index, next(outcomes) if isinstance(item, CustomerCreate) else item) for index, item in enumerate(read)
    ]
    registered = sum(result.status == "registered" for result in results)
    return BulkResults(registered=registered, refused=len(results) - registered, results=results)


def _read_item(item: Any) -> CustomerCreate | RapportError:
    try:
        return _item.validate_python(item)
    except ValidationError as error:
        return invalid_input(error, item, CustomerCreate)


def _result(index: int, outcome: CustomerRecord | RapportError) -> BulkResult:
    if isinstance(outcome, CustomerRecord):
        return BulkResult(index=index, status="registered", customer_id=outcome.customer_id, version=outcome.version)
    status = "conflict" if isinstance(outcome, Conflict) else "invalid"
    return BulkResult(index=index, status=status, problem=problem_of(outcome))
