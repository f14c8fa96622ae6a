"""Routes of facts as a whole."""

from services.scoring.facts import queries
from services.scoring.facts.schemas import (
    ReconciliationComparison,
    ReconciliationRead,
    TheirReconciliation,
    compare_reconciliation,
    show_reconciliation,
)
from services.scoring.permissions import Reader
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/reconciliation", tags=["operations"])


@router.get("")
async def get_reconciliation(session: SessionDep, _: Reader) -> ReconciliationRead:
    """Counts and sums of all facts per kind and currency; reads every one of them."""
    return show_reconciliation(await queries.reconcile(session))


@router.post("/comparison")
async def compare_with_interactions(
    session: SessionDep, body: TheirReconciliation, _: Reader
) -> ReconciliationComparison:
    """Holds the facts against what `GET /v1/reconciliation` of the interaction service answers, sent as it is.

    Take both while nothing is under way: what was recorded and is not scored yet shows as a gap.
    """
    return compare_reconciliation(body, await queries.reconcile(session))
