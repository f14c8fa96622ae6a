"""SQL of what others say of customers: scores, segments and complaints. The customers' rows are locked."""

from collections.abc import Collection, Iterable
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.models import Complaint, Membership, Score
from services.notification.audience.traits import figures_of
from shared.contracts.interaction import ComplaintOpened, ComplaintResolved
from shared.contracts.scoring import ScoreChanged, SegmentEntered, SegmentMembership

_SCORES = cast(Table, Score.__table__)  # type: ignore[attr-defined]
_MEMBERSHIPS = cast(Table, Membership.__table__)  # type: ignore[attr-defined]
_COMPLAINTS = cast(Table, Complaint.__table__)  # type: ignore[attr-defined]


async def save_scores(session: AsyncSession, scores: Iterable[ScoreChanged]) -> None:
    incoming = insert(_SCORES)
    names = ("as_of", "loyalty_level", "lifecycle_stage", "abc_class", "probability_active", "figures")
    latest = {score.customer_id: score for score in sorted(scores, key=lambda score: score.as_of)}
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={name: incoming.excluded[name] for name in names},
            where=_SCORES.c.as_of <= incoming.excluded.as_of,
        ),
        [
            {
                "customer_id": score.customer_id,
                "as_of": score.as_of,
                "loyalty_level": score.loyalty_level.value,
                "lifecycle_stage": score.lifecycle_stage.value,
                "abc_class": score.abc_class.value if score.abc_class else None,
                "probability_active": score.probability_active,
                "figures": figures_of(score),
            }
            for score in latest.values()
        ],
    )


async def load_segments(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """The segments that each of the customers belongs to."""
    rows = await session.execute(
        select(_MEMBERSHIPS).where(_MEMBERSHIPS.c.customer_id.in_(customer_ids), _MEMBERSHIPS.c.inside)
    )
    found: dict[UUID, set[str]] = {customer_id: set() for customer_id in customer_ids}
    for row in rows:
        found[row.customer_id].add(str(row.segment_id))
    return {customer_id: frozenset(segments) for customer_id, segments in found.items()}


async def save_memberships(session: AsyncSession, moves: Iterable[SegmentMembership]) -> None:
    """Keeps the latest word of each customer and segment."""
    incoming = insert(_MEMBERSHIPS)
    rows = {
        (move.customer_id, move.segment_id): {
            "customer_id": move.customer_id,
            "segment_id": move.segment_id,
            "inside": isinstance(move, SegmentEntered),
            "as_of": move.as_of,
        }
        for move in sorted(moves, key=lambda move: move.as_of)
    }
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["customer_id", "segment_id"],
            set_={name: incoming.excluded[name] for name in ("inside", "as_of")},
            where=_MEMBERSHIPS.c.as_of <= incoming.excluded.as_of,
        ),
        list(rows.values()),
    )


async def save_complaint(session: AsyncSession, data: ComplaintOpened | ComplaintResolved) -> None:
    """Keeps the latest opening and the latest resolution apart, so that their order of arrival makes no difference."""
    key = {"customer_id": data.customer_id, "source": data.source, "case": data.case}
    if isinstance(data, ComplaintOpened):
        incoming = insert(_COMPLAINTS).values(**key, severity=data.severity.value, opened_at=data.occurred_at)
        changes: dict[str, Any] = {
            "severity": incoming.excluded.severity,
            "opened_at": incoming.excluded.opened_at,
        }
        newer = func.coalesce(_COMPLAINTS.c.opened_at < incoming.excluded.opened_at, True)
    else:
        incoming = insert(_COMPLAINTS).values(**key, resolved_at=data.occurred_at)
        changes = {"resolved_at": incoming.excluded.resolved_at}
        newer = func.coalesce(_COMPLAINTS.c.resolved_at < incoming.excluded.resolved_at, True)
    await session.execute(
        incoming.on_conflict_do_update(index_elements=["customer_id", "source", "case"], set_=changes, where=newer)
    )
