"""Routes of facts as a whole."""

from services.scoring.facts import queries
from services.scoring.facts.schemas import ReconciliationRead, show_reconciliation
from services.scoring.permissions import Reader
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/reconciliation", tags=["operations"])


@router.get("")
async def get_reconciliation(session: SessionDep, _: Reader) -> ReconciliationRead:
    """Counts and sums of all facts per kind and currency; reads every one of them."""
    return show_reconciliation(await queries.reconcile(session))
