"""Reads of replays, and of the customers they work on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.changes import queries as changes
from services.scoring.changes.follower import Follower
from services.scoring.facts import queries as facts
from services.scoring.replays import repository
from services.scoring.replays.comparison import Portion
from services.scoring.replays.models import Replay
from services.scoring.replays.progress import Verdict
from services.scoring.scores.context import Context
from shared.errors import NotFound

_MOST_FIELDS: Final = 100

MOST_AT_THE_SWITCH: Final = 500
"""Customers rebuilt while nobody else can score, each as often as touched: some tenths of a second."""


class Findings(NamedTuple):
    """`verdicts`: (customers, of whom mended); `fields`: customers in whom each differs; `waiting`: to be looked at
    again, since something arrived."""

    verdicts: Mapping[Verdict, tuple[int, int]]
    fields: Mapping[str, int]
    waiting: int


async def get_replay(session: AsyncSession, replay_id: UUID, *, lock: bool = False) -> Replay:
    replay = await session.get(Replay, replay_id, with_for_update=lock or None)
    if replay is None:
        raise NotFound(
            "there is no such replay; POST /v1/replays begins one and names it, GET lists them",
            code="replay_unknown",
            replay_id=str(replay_id),
        )
    return replay


async def find_open(session: AsyncSession) -> Replay | None:
    """The one that has not ended."""
    found: Replay | None = await session.scalar(select(Replay).where(col(Replay.finished_at).is_(None)))
    return found


async def list_replays(session: AsyncSession, *, limit: int, before: UUID | None) -> list[Replay]:
    """The newest first; `before` is the last one of the page before."""
    newest = select(Replay)
    if before is not None:
        # Ids are made in the order of time.
        newest = newest.where(col(Replay.replay_id) < before)
    return list(await session.scalars(newest.order_by(col(Replay.replay_id).desc()).limit(limit)))


async def read_findings(session: AsyncSession, replay: Replay) -> Findings:
    rows = await repository.count_differences(session, replay.replay_id)
    follows = replay.state in ("rebuilding", "ready", "switching")
    return Findings(
        verdicts={row["verdict"]: (row["customers"], row["mended"]) for row in rows},
        fields=await repository.count_fields(session, replay.replay_id, _MOST_FIELDS),
        waiting=await changes.count_waiting(session, Follower.REPLAYS) if follows else 0,
    )


async def read_portion(session: AsyncSession, customer_ids: Sequence[UUID], context: Context, now: datetime) -> Portion:
    """Of these customers: in a snapshot, so that rows and facts belong together."""
    return Portion(
        customer_ids=customer_ids,
        live=await repository.read_rows(session, "customer_statistics", customer_ids),
        told=await repository.read_rows(session, "scores", customer_ids),
        reviews=await repository.read_rows(session, "reviews", customer_ids),
        histories=await facts.read_histories(session, customer_ids),
        context=context,
        now=now,
    )


async def list_next(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next customers by id, whether they have facts or anything else."""
    return await repository.list_next(session, after, limit)


async def may_switch(session: AsyncSession) -> bool:
    """Whether so few are left to be looked at again that it can be done while nobody else scores."""
    return await changes.count_waiting(session, Follower.REPLAYS) <= MOST_AT_THE_SWITCH


async def list_differences(
    session: AsyncSession,
    replay_id: UUID,
    *,
    after: UUID | None,
    limit: int,
    verdict: Verdict | None = None,
    name: str | None = None,
) -> Sequence[Mapping[str, Any]]:
    """Customers who differ, by id: of one verdict, or in the field named."""
    return await repository.list_differences(session, replay_id, after=after, limit=limit, verdict=verdict, name=name)
