"""Routes of the portfolio."""

from fastapi import status

from services.scoring.facts.measures import Measures
from services.scoring.permissions import Admin, Reader
from services.scoring.policies.queries import PolicyDep
from services.scoring.portfolio import queries, use_cases
from services.scoring.portfolio.schemas import PortfolioRead, show_portfolio
from shared.errors import Conflict
from shared.service import ClockDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/portfolio", tags=["portfolio"])


@router.get("", responses={status.HTTP_404_NOT_FOUND: {"description": "none has been computed yet"}})
async def get_portfolio(session: SessionDep, policy: PolicyDep, _: Reader) -> PortfolioRead:
    """The newest snapshot: boundaries of ABC and RFM, and how much the best customers bring."""
    return show_portfolio(await queries.get_newest(session), policy)


@router.post("", status_code=status.HTTP_201_CREATED)
async def take_snapshot(session: SessionDep, policy: PolicyDep, clock: ClockDep, _: Admin) -> PortfolioRead:
    """Takes a snapshot now; customers whose class it changes are told of in the background."""
    stored = await use_cases.take_snapshot(session, policy=policy, measures=Measures(policy), computed_at=clock.now())
    if stored is None:
        needed = policy.portfolio.minimum_customers
        raise Conflict(
            f"a portfolio needs {needed} customers with a purchase; there are fewer so far",
            code="too_few_customers",
            needed=needed,
        )
    return show_portfolio(stored, policy)
