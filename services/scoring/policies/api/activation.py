"""Putting policies in force: everybody is scored anew under them, in batches."""

from typing import Any

from fastapi import Response, status

from services.scoring.permissions import Admin
from services.scoring.policies.api.reading import Version
from services.scoring.policies.queries import PoliciesDep
from services.scoring.policies.schemas.answers import PolicyRead, show_policy
from services.scoring.policies.schemas.requests import Activation, PolicyReason, RollBack
from services.scoring.policies.use_cases import activation
from shared.service import ClockDep
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/policies/{version}", tags=["policies"])
_CONFLICT: dict[int | str, dict[str, Any]] = {
    status.HTTP_409_CONFLICT: {"description": "forbidden by its state, or by what is in force"}
}


@router.post("/activate", responses=_CONFLICT)
async def activate_policy(
    version: Version,
    body: Activation,
    expected: ExpectedVersion,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Admin,
) -> PolicyRead:
    """Puts a simulated draft in force, now or at an instant to come, when a worker does it by itself.

    Every process scores under it from the next transaction on; `GET /v1/status` shows how far everybody else is.
    """
    row = await activation.activate(
        session,
        version,
        policies=policies,
        expected_revision=expected,
        at=body.at,
        silent=body.silent,
        without_simulation=body.without_simulation,
        author=principal.subject,
        reason=body.reason,
        now=clock.now(),
    )
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))


@router.post("/cancel", responses=_CONFLICT)
async def cancel_activation(
    version: Version,
    body: PolicyReason,
    expected: ExpectedVersion,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Admin,
) -> PolicyRead:
    """Cancels an activation that has not come yet; the policy is a draft again."""
    row = await activation.cancel_activation(
        session,
        version,
        policies=policies,
        expected_revision=expected,
        author=principal.subject,
        reason=body.reason,
        now=clock.now(),
    )
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))


@router.post("/roll-back", status_code=status.HTTP_201_CREATED, responses=_CONFLICT)
async def roll_back_policy(
    version: Version,
    body: RollBack,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    response: Response,
    etag: ETagDep,
    principal: Admin,
) -> PolicyRead:
    """Puts the document of a policy that was in force before in force again, as a new version and at once."""
    row = await activation.roll_back(
        session,
        version,
        policies=policies,
        silent=body.silent,
        author=principal.subject,
        reason=body.reason,
        now=clock.now(),
    )
    response.headers["Location"] = f"/v1/policies/{row.version}"
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))
