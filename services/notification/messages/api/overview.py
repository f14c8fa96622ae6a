"""The whole at a glance: what waits, what adds up, and by which policy."""

from pydantic import TypeAdapter

from services.notification.messages import queries
from services.notification.messages.schemas import PolicyRead, Reconciliation, StatusRead
from services.notification.parameters import DeskDep, Reader
from services.notification.policy import CarePolicy
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1", tags=["overview"])

_policy: TypeAdapter[CarePolicy] = TypeAdapter(CarePolicy)


@router.get("/status")
async def read_status(session: SessionDep, desk: DeskDep, _principal: Reader) -> StatusRead:
    """How much waits to be sent, to be looked at, or for a profile."""
    return await queries.get_status(session, now=desk.clock.now())


@router.get("/reconciliation")
async def read_reconciliation(session: SessionDep, _principal: Reader) -> Reconciliation:
    """Every decision and message counted, by rule. Reads everything: for checks, not for every second."""
    return await queries.reconcile(session)


@router.get("/policy")
async def read_policy(desk: DeskDep, _principal: Reader) -> PolicyRead:
    """The care policy in force; decisions name its version."""
    return PolicyRead(version=desk.policy.version, document=_policy.dump_python(desk.policy, mode="json"))
