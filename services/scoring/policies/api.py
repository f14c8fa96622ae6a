"""The route of the policy."""

from services.scoring.permissions import Reader
from services.scoring.policies.policy import Policy
from services.scoring.policies.queries import PolicyDep
from shared.web.routing import api_router

router = api_router(prefix="/v1/policy", tags=["policy"])


@router.get("")
async def get_policy(policy: PolicyDep, _: Reader) -> Policy:
    """The policy in force: every number that a score depends on."""
    return policy
