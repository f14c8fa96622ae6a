"""Fitting a model: requested, claimed by one worker, worked on outside any transaction, stored, and checked later."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import and_, col, or_, select

from services.scoring.facts import queries as facts
from services.scoring.lifetime import queries, repository
from services.scoring.lifetime.drift import judge_drift
from services.scoring.lifetime.expectation import segment_of
from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.histories import purchase_histories, spend_histories
from services.scoring.lifetime.modelling import Fit, Histories, hold_out
from services.scoring.lifetime.models import ModelCheck, ModelFit
from services.scoring.lifetime.splitting import Row, Split, SplitHistories, assemble, split_rows
from services.scoring.lifetime.transactions import to_day
from services.scoring.policies.policy import Policy
from shared.ids import uuid7
from shared.observability.metrics import MODEL_PURCHASES_RATIO, current_service

log = structlog.get_logger(__name__)

Cause = Literal["asked", "schedule", "drift"]

_LEASE = timedelta(minutes=2)
"""Renewed with every sign of progress; a worker that gives none for so long has died."""


_MOST_SEGMENTS: Final = 50
"""The largest ones: each is a fit of its own."""


@dataclass(frozen=True, slots=True)
class Claim:
    fit_id: UUID
    observed_until: date
    leased_until: datetime


async def request_fit(
    session: AsyncSession, *, requested_at: datetime, policy: Policy, cause: Cause = "asked"
) -> ModelFit:
    """Asks for a model of all that is known until the present local day.

    A request that nobody has begun with yet is brought up to the present instead: whoever waits for it gets more, and
    fits that are slower than their schedule do not pile up.
    """
    observed_until = requested_at.astimezone(policy.zone).date()
    fit = await repository.lock_queued(session)
    if fit is not None:
        fit.requested_at = max(fit.requested_at, requested_at)
        fit.observed_until = max(fit.observed_until, observed_until)
        fit.cause = "asked" if cause == "asked" else fit.cause
        return fit
    fit = ModelFit(
        fit_id=uuid7(), state="queued", requested_at=requested_at, observed_until=observed_until, cause=cause
    )
    session.add(fit)
    await session.flush()
    return fit


async def claim_fit(session: AsyncSession, *, wall: datetime) -> Claim | None:
    """Takes the oldest request that waits, or whose worker has died. None when there is nothing to do."""
    waiting = or_(
        col(ModelFit.state) == "queued", and_(col(ModelFit.state) == "running", col(ModelFit.leased_until) < wall)
    )
    oldest = select(ModelFit).where(waiting).order_by(col(ModelFit.requested_at)).limit(1)
    fit = await session.scalar(oldest.with_for_update(skip_locked=True))
    if fit is None:
        return None
    fit.state, fit.leased_until = "running", wall + _LEASE
    fit.phase, fit.percent = "reading", 0
    return Claim(fit.fit_id, fit.observed_until, fit.leased_until)


async def report_progress(session: AsyncSession, *, claim: Claim, phase: str, share: float, wall: datetime) -> Claim:
    """Shows how far the work is and renews its lease; a request that another worker has taken over stays as it is."""
    request = await _claimed(session, claim)
    if request is None:
        return claim
    request.phase, request.percent, request.leased_until = phase, round(100 * share), wall + _LEASE
    return replace(claim, leased_until=request.leased_until)


async def read_histories(session: AsyncSession, *, observed_until: date, policy: Policy) -> Histories:
    """Of everybody, and of the segments that the policy tells apart."""
    until_day = to_day(observed_until)
    split = hold_out(await facts.find_first_day(session), until_day, policy.lifetime)
    held_out, apart = (None, {}) if split is None else await _read_splits(session, split, policy)
    return Histories(
        purchases=purchase_histories(await facts.count_patterns(session, until_day)),
        spending=spend_histories(await facts.count_spending(session), policy.money.digits),
        held_out=held_out,
        segments=await _read_segments(session, until_day, policy, apart),
    )


async def _read_segments(
    session: AsyncSession, until_day: int, policy: Policy, held_out: Mapping[str, SplitHistories]
) -> dict[str, Histories]:
    dimension = policy.lifetime.segment_by
    if dimension == "none":
        return {}
    patterns = await facts.count_patterns_by(session, dimension, until_day)
    spending = await facts.count_spending_by(session, dimension)
    segments = {
        name: Histories(
            purchases=purchase_histories(rows),
            spending=spend_histories(spending.get(name, ()), policy.money.digits),
            held_out=held_out.get(name),
        )
        for name, rows in patterns.items()
    }
    largest = sorted(segments, key=lambda name: (-segments[name].purchases.customers, name))
    return {name: segments[name] for name in largest[:_MOST_SEGMENTS]}


async def store_fit(
    session: AsyncSession, *, claim: Claim, fit: Fit | TooLittleData, policy: Policy, fitted_at: datetime
) -> None:
    """Keeps the result, unless the lease ran out and another worker has taken the request over."""
    request = await _claimed(session, claim)
    if request is None:
        return
    request.phase = None
    if isinstance(fit, TooLittleData):
        request.state, request.reason, request.found, request.needed = "refused", fit.reason, fit.found, fit.needed
        return
    model = await repository.insert_model(
        session,
        fit,
        fit_id=claim.fit_id,
        observed_until=claim.observed_until,
        policy_version=policy.version,
        segment_by=policy.lifetime.segment_by,
        fitted_at=fitted_at,
    )
    request.state, request.percent, request.model_version = "done", 100, model.version


async def check_drift(session: AsyncSession, *, checked_at: datetime, policy: Policy) -> ModelCheck | None:
    """Compares what customers have bought since the model in force was fitted with what it expected, and asks for a new
    model where they differ too far. None without a model, or on the day that it was fitted."""
    version = await queries.find_version(session)
    if version is None:
        return None
    row, today = await queries.get_model(session, version), checked_at.astimezone(policy.zone).date()
    if today <= row.observed_until or await session.get(ModelCheck, (version, today)) is not None:
        return None
    split = Split(to_day(row.observed_until), to_day(today))
    model = await queries.read_model(session, version)
    histories, _ = await _read_splits(session, split, policy)
    drift = judge_drift(model.purchases, histories, policy.lifetime)
    check = ModelCheck(
        model_version=version,
        checked_until=today,
        checked_at=checked_at,
        customers=drift.customers,
        actual=drift.actual,
        expected=drift.expected,
        drifted=drift.drifted,
    )
    session.add(check)
    if drift.expected > 0:
        MODEL_PURCHASES_RATIO.labels(current_service()).set(drift.actual / drift.expected)
    log.info("model_checked", version=version, actual=drift.actual, expected=drift.expected, drifted=drift.drifted)
    if drift.drifted and not await queries.is_fit_pending(session):
        await request_fit(session, requested_at=checked_at, policy=policy, cause="drift")
    return check


async def _claimed(session: AsyncSession, claim: Claim) -> ModelFit | None:
    request = await session.get(ModelFit, claim.fit_id, with_for_update=True)
    if request is None or request.state != "running" or request.leased_until != claim.leased_until:
        return None
    return request


async def _read_splits(
    session: AsyncSession, split: Split, policy: Policy
) -> tuple[SplitHistories, dict[str, SplitHistories]]:
    """Of a sample of as many customers as the policy allows: all of them, and by segment."""
    customers, rules = await facts.count_customers(session), policy.lifetime
    everybody: list[Row] = []
    apart: dict[str, list[Row]] = {}
    async for buyers in facts.sample_buyers(session, one_in=-(-customers // rules.sample_customers) or 1):
        for buyer in buyers:
            rows = split_rows((buyer,), split, rules.discount_per_year)
            everybody += rows
            if (name := segment_of(buyer.more.profile, rules.segment_by)) is not None:
                apart.setdefault(name, []).extend(rows)
    digits = policy.money.digits
    return assemble(everybody, split, digits=digits), {
        name: assemble(rows, split, digits=digits) for name, rows in apart.items()
    }
