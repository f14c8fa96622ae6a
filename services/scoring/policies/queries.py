"""Where the policy comes from: the database, and for an empty one a file that the settings name, or the shipped one."""

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.scoring.policies.document import complete, parse_policy, write_document, write_policy
from services.scoring.policies.models import PolicyDecision, StoredPolicy
from services.scoring.policies.patching import Document
from services.scoring.policies.policy import Policy
from shared.errors import InvalidInput, NotFound
from shared.web.routing import SessionDep


def read_policy(path: Path | None = None) -> Policy:
    """The policy in the file at `path`, or the shipped default. Raises InvalidInput naming what is wrong with it."""
    if path is None:
        return parse_policy(resources.files(__package__).joinpath("default.json").read_text("utf-8"))
    try:
        return parse_policy(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"the policy file {path} cannot be read: {error}", code="policy_unreadable") from error


class Policies:
    """The policies of a process. One that is or was in force never changes, so each is read once.

    `first` is what a new database begins with.
    """

    def __init__(self, first: Policy) -> None:
        self.first = first
        self.first_document = write_document(first)
        self._shipped = write_policy(read_policy())
        self._known: dict[int, Policy] = {}

    async def in_force(self, session: AsyncSession, at: datetime | None = None) -> Policy:
        """The policy in force, now or at an earlier instant.

        Now means what this session sees: whoever must not miss an activation asks after taking the customers' locks.
        """
        version = await find_version(session, at)
        return self.first if version is None else await self.of_version(session, version)

    async def of_version(self, session: AsyncSession, version: int) -> Policy:
        """A policy that is or was in force, or the one that a new database begins with. Raises NotFound."""
        if version not in self._known:
            if version == self.first.version and await session.get(StoredPolicy, version) is None:
                return self.first
            self._known[version] = self.parse(await get_policy(session, version))
        return self._known[version]

    def parse(self, row: StoredPolicy) -> Policy:
        """A policy in any state, as scores use it."""
        return self.read(row.document, row.version)

    def read(self, document: Document, version: int) -> Policy:
        """A stored document; fields that its release did not know have the shipped values."""
        return parse_policy(json.dumps({**complete(document, self._shipped), "version": version}))

    def document(self, row: StoredPolicy) -> Document:
        """The same as a document, without its version."""
        return write_document(self.parse(row))


async def find_version(session: AsyncSession, at: datetime | None = None) -> int | None:
    """The version in force, now or at an earlier instant; None in a database that has no policy yet."""
    if at is None:
        return await session.scalar(select(StoredPolicy.version).where(StoredPolicy.state == "active"))
    used = select(func.max(StoredPolicy.version)).where(col(StoredPolicy.first_used_at) <= at)
    return await session.scalar(used)


async def is_silent(session: AsyncSession, version: int) -> bool:
    """Whether nobody should be written to because of this policy's coming into force."""
    return bool(await session.scalar(select(StoredPolicy.silent).where(StoredPolicy.version == version)))


async def find_scheduled(session: AsyncSession) -> StoredPolicy | None:
    return await session.scalar(select(StoredPolicy).where(StoredPolicy.state == "scheduled"))


async def get_policy(session: AsyncSession, version: int) -> StoredPolicy:
    row = await session.get(StoredPolicy, version)
    if row is None:
        raise NotFound(
            f"there is no policy {version}; GET /v1/policies lists those there are",
            code="policy_unknown",
            version=version,
        )
    return row


async def list_policies(
    session: AsyncSession, *, state: str | None, limit: int, before: int | None
) -> list[StoredPolicy]:
    """The newest first; `before` is the last version of the page before."""
    newest = select(StoredPolicy).order_by(col(StoredPolicy.version).desc()).limit(limit)
    if state is not None:
        newest = newest.where(StoredPolicy.state == state)
    if before is not None:
        newest = newest.where(col(StoredPolicy.version) < before)
    return list(await session.scalars(newest))


async def list_decisions(session: AsyncSession, *, version: int, limit: int, after: int | None) -> list[PolicyDecision]:
    """What was decided about a policy, in its order; `after` is the last one of the page before."""
    decided = select(PolicyDecision).where(PolicyDecision.version == version)
    if after is not None:
        decided = decided.where(col(PolicyDecision.decision_id) > after)
    return list(await session.scalars(decided.order_by(col(PolicyDecision.decision_id)).limit(limit)))


async def _policies_of(request: Request) -> Policies:
    policies: Policies = request.app.state.policies
    return policies


PoliciesDep = Annotated[Policies, Depends(_policies_of)]


async def _policy_of(policies: PoliciesDep, session: SessionDep) -> Policy:
    return await policies.in_force(session)


PolicyDep = Annotated[Policy, Depends(_policy_of)]
"""The policy in force, as this request's session sees it."""
