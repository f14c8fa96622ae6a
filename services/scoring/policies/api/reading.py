"""Reading policies: what is in force, what was, and what was decided."""

from typing import Annotated, Any

from fastapi import Path, Query

from services.scoring.permissions import Reader
from services.scoring.policies import queries
from services.scoring.policies.document import schema_of_policy
from services.scoring.policies.patching import differences
from services.scoring.policies.policy import Policy
from services.scoring.policies.queries import PoliciesDep, PolicyDep
from services.scoring.policies.schemas.answers import (
    PolicyDecisionRead,
    PolicyDifferences,
    PolicyRead,
    PolicySummary,
    show_decision,
    show_differences,
    show_policy,
    show_summary,
)
from services.scoring.policies.schemas.requests import PolicyVersion
from services.scoring.policies.states import State
from shared.web.etag import ETagDep
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1", tags=["policies"])
Version = Annotated[PolicyVersion, Path(description="of the policy")]


@router.get("/policy")
async def get_policy_in_force(policy: PolicyDep, _: Reader) -> Policy:
    """The policy in force: every number that a score depends on."""
    return policy


@router.get("/policies/schema")
async def get_policy_schema(_: Reader) -> dict[str, Any]:
    """The JSON Schema of a policy document: every number with its bounds, its meaning and its unit (`x-unit`)."""
    return schema_of_policy()


@router.get("/policies")
async def list_policies(
    session: SessionDep,
    page: PageDep,
    _: Reader,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
) -> Page[PolicySummary]:
    """All versions, the newest first, without their documents."""
    before = None if page.cursor is None else decode_cursor(page.cursor, int)[0]
    rows = await queries.list_policies(session, state=state, limit=page.limit + 1, before=before)
    shown = [show_summary(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].version) if more else None)


@router.get("/policies/{version}")
async def get_policy(
    session: SessionDep, version: Version, policies: PoliciesDep, etag: ETagDep, _: Reader
) -> PolicyRead:
    """One version with its document. Its ETag is what a change, an activation or a discarding is decided on."""
    row = await queries.get_policy(session, version)
    etag.set(row.revision)
    return show_policy(row, policies.parse(row))


@router.get("/policies/{version}/differences")
async def compare_policies(
    session: SessionDep,
    version: Version,
    policies: PoliciesDep,
    _: Reader,
    since: Annotated[
        PolicyVersion | None, Query(description="version to compare with; by default the one it was made from")
    ] = None,
) -> PolicyDifferences:
    """What this version changes, field by field."""
    row = await queries.get_policy(session, version)
    other = await queries.get_policy(session, since or row.base_version or version)
    found = differences(policies.document(other), policies.document(row))
    return PolicyDifferences(before=other.version, after=version, differences=show_differences(found))


@router.get("/policies/{version}/decisions")
async def list_policy_decisions(
    session: SessionDep, version: Version, page: PageDep, _: Reader
) -> Page[PolicyDecisionRead]:
    """Everything that was done about this version, by whom and why, in order."""
    await queries.get_policy(session, version)
    after = None if page.cursor is None else decode_cursor(page.cursor, int)[0]
    rows = await queries.list_decisions(session, version=version, limit=page.limit + 1, after=after)
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    cursor = encode_cursor(shown[-1].decision_id) if more else None
    return Page(items=[show_decision(row) for row in shown], next_cursor=cursor)
