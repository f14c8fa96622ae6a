"""Writing drafts: nothing of this touches a score."""

from typing import Any

from fastapi import Response, status

from services.scoring.permissions import Writer
from services.scoring.policies.api.reading import Version
from services.scoring.policies.models import StoredPolicy
from services.scoring.policies.queries import Policies, PoliciesDep
from services.scoring.policies.schemas.answers import PolicyRead, PolicyTrial, show_differences, show_policy
from services.scoring.policies.schemas.requests import PolicyChange, PolicyCreate, PolicyReason, PolicyValidation
from services.scoring.policies.use_cases import drafts
from shared.service import ClockDep
from shared.web.etag import EntityTag, ETagDep, ExpectedVersion
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/policies", tags=["policies"])
_CONFLICT: dict[int | str, dict[str, Any]] = {status.HTTP_409_CONFLICT: {"description": "its state does not allow it"}}


@router.post("", status_code=status.HTTP_201_CREATED, responses={404: {"description": "no such base"}})
async def create_policy(
    body: PolicyCreate,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    response: Response,
    etag: ETagDep,
    principal: Writer,
) -> PolicyRead:
    """Writes a draft under a new version: the whole document, or what it changes of the one it starts from."""
    row = await drafts.create_draft(
        session,
        policies=policies,
        base=body.base,
        document=body.document,
        patch=body.patch,
        author=principal.subject,
        reason=body.reason,
        now=clock.now(),
    )
    return _created(row, policies, response, etag)


@router.post("/validate", responses={404: {"description": "no such base"}})
async def validate_policy(body: PolicyValidation, session: SessionDep, policies: PoliciesDep, _: Writer) -> PolicyTrial:
    """Checks a document or a patch and shows what it would change; an invalid one is answered as it would be for a
    draft."""
    base, found = await drafts.try_out(
        session, policies=policies, base=body.base, document=body.document, patch=body.patch
    )
    return PolicyTrial(base=base, differences=show_differences(found))


@router.patch("/{version}", responses=_CONFLICT)
async def change_policy(
    version: Version,
    body: PolicyChange,
    expected: ExpectedVersion,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> PolicyRead:
    """Changes a draft. Whether it was simulated before counts no longer."""
    row = await drafts.change_draft(
        session,
        version,
        policies=policies,
        expected_revision=expected,
        document=body.document,
        patch=body.patch,
        author=principal.subject,
        reason=body.reason,
        now=clock.now(),
    )
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))


@router.post("/{version}/rebase", status_code=status.HTTP_201_CREATED, responses=_CONFLICT)
async def rebase_policy(
    version: Version,
    body: PolicyReason,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    response: Response,
    etag: ETagDep,
    principal: Writer,
) -> PolicyRead:
    """Makes a draft with the same changes from the policy that is in force by now, and discards this one."""
    row = await drafts.rebase_draft(
        session, version, policies=policies, author=principal.subject, reason=body.reason, now=clock.now()
    )
    return _created(row, policies, response, etag)


@router.post("/{version}/discard", responses=_CONFLICT)
async def discard_policy(
    version: Version,
    body: PolicyReason,
    expected: ExpectedVersion,
    session: SessionDep,
    policies: PoliciesDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> PolicyRead:
    """Lets go of a draft; it can be read for ever, but not be put in force."""
    row = await drafts.discard_draft(
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


def _created(row: StoredPolicy, policies: Policies, response: Response, etag: EntityTag) -> PolicyRead:
    response.headers["Location"] = f"/v1/policies/{row.version}"
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))
