"""SQL of the history of profiles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from services.scoring.facts.profile import Profile
from services.scoring.profiles.models import ProfileVersion
from services.scoring.profiles.told import ToldProfile
from shared.db.session import driver

_INSERT = """
INSERT INTO profile_history (customer_id, version, changed_at, taken_in_at, profile)
SELECT customer_id, version, changed_at, $5, profile
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::jsonb[]) AS told (customer_id, version, changed_at, profile)
ON CONFLICT DO NOTHING
"""


async def insert(session: AsyncSession, told: Sequence[ToldProfile], *, taken_in_at: datetime) -> None:
    """Every version, also one that says nothing new: it does beside one between that comes later."""
    await (await driver(session)).execute(
        _INSERT,
        [one.customer_id for one in told],
        [one.profile.version for one in told],
        [one.changed_at for one in told],
        [msgspec.json.encode(one.profile).decode() for one in told],
        taken_in_at,
    )


async def find(
    session: AsyncSession, customer_id: UUID, *, at: datetime | None, known_at: datetime | None
) -> Profile | None:
    """The newest of those that held by `at` and had been taken in by `known_at`."""
    versions = _versions(customer_id, known_at)
    if at is not None:
        versions = versions.where(col(ProfileVersion.changed_at) <= at)
    return _read(await session.scalar(versions.order_by(col(ProfileVersion.version).desc()).limit(1)))


async def find_first(session: AsyncSession, customer_id: UUID, *, known_at: datetime | None) -> Profile | None:
    """The oldest of those that had been taken in by `known_at`."""
    return _read(await session.scalar(_versions(customer_id, known_at).order_by(col(ProfileVersion.version)).limit(1)))


def _versions(customer_id: UUID, known_at: datetime | None) -> SelectOfScalar[Any]:
    versions = select(ProfileVersion.profile).where(ProfileVersion.customer_id == customer_id)
    if known_at is None:
        return versions
    taken_in_at = col(ProfileVersion.taken_in_at)
    return versions.where(or_(taken_in_at.is_(None), taken_in_at <= known_at))


def _read(kept: list[Any] | None) -> Profile | None:
    return None if kept is None else msgspec.convert(kept, Profile)
