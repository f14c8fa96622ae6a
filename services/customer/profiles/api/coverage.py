"""Accounts whose relationship hangs by a thread."""

from typing import Annotated

from fastapi import Query

from services.customer.parameters import Reader
from services.customer.profiles.api.parameters import CoveragePolicyDep
from services.customer.profiles.queries import list_coverage_risks
from services.customer.profiles.schemas.fields import Line
from services.customer.profiles.schemas.responses import CoverageRead
from shared.contracts.customer import CoverageRisk
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/relationship-coverage", tags=["contacts"])


@router.get("")
async def list_accounts_at_risk(
    session: SessionDep,
    policy: CoveragePolicyDep,
    page: PageDep,
    _principal: Reader,
    risk: Annotated[CoverageRisk | None, Query(description="only accounts with this risk")] = None,
    owner_id: Annotated[Line | None, Query(max_length=100)] = None,
    key_account: bool | None = None,
) -> Page[CoverageRead]:
    """Organisations with too few active contacts, or, if key accounts, with too few executives among them.

    The numbers are settings of the service. The newest account comes first.
    """
    return await list_coverage_risks(
        session, page, policy=policy, risk=risk, owner_id=owner_id, key_account=key_account
    )
