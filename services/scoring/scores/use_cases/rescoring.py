"""Rescoring everybody under a newer policy, model or portfolio, batch by batch."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import use_cases as changes
from services.scoring.facts import queries as fact_queries
from services.scoring.facts import use_cases as facts
from services.scoring.lifetime import use_cases as models
from services.scoring.policies import queries as policies
from services.scoring.policies.policy import Policy
from services.scoring.portfolio import use_cases as portfolios
from services.scoring.portfolio.portfolio import bounds_alike
from services.scoring.scores import repository
from services.scoring.scores.announcement import Occasion
from services.scoring.scores.context import Context
from services.scoring.scores.models import Rescoring
from services.scoring.scores.use_cases.telling import Teller, rescore_and_tell

_NO_POLICY: Final = 0
"""Of the row that is made before anything was ever rescored."""


async def rescore_next(session: AsyncSession, *, teller: Teller, limit: int) -> bool:
    """Rescores the next customers under the policy, model and portfolio in force; False when there is nothing to do.

    A newer one makes it begin anew; a policy that counts otherwise with the statistics made anew as well: a customer
    whom that policy cannot count is skipped, and keeps score and statistics. One process at a time works; others pass
    by.
    """
    now = teller.clock.now()
    progress = await repository.lock_rescoring(session, now)
    if progress is None:
        return False
    context = await teller.contexts.load(session)
    if (progress.policy_version, progress.model_version, progress.portfolio_version) != context.versions:
        context = await _begin(session, progress, context, teller, now)
        if progress.refold:
            return True
    if progress.finished_at is not None or not await repository.have_ended(session, progress.wait_until):
        return False
    customers = await facts.lock_next_customers(session, after=progress.after_customer, limit=limit)
    if (await teller.contexts.load(session)).versions != context.versions:
        return True  # something newer came into force before these rows were locked
    countable = customers
    if progress.refold:
        countable = await facts.refold(session, customers=customers, measures=context.measures)
        skipped = customers.keys() - countable.keys()
        await changes.mark_changed(session, customer_ids=skipped, silent=progress.silent)
        progress.skipped += len(skipped)
    occasion = Occasion(progress.occasion, progress.silent)
    progress.told += await rescore_and_tell(session, countable, teller, context, occasion, anew=progress.refold)
    progress.scored += len(countable)
    if len(customers) < limit:
        await _finish(session, progress, context, now)
        return progress.goes_on
    progress.after_customer = max(customers)
    return True


async def _begin(
    session: AsyncSession, progress: Rescoring, context: Context, teller: Teller, now: datetime
) -> Context:
    """Notes what everybody is to be scored under, and why; boundaries of another kind are computed first."""
    before = await _policy_before(session, progress, teller)
    unfinished = progress.finished_at is None and progress.policy_version != _NO_POLICY
    counts_otherwise = before is not None and not context.measures.counts_like(teller.contexts.measures(before))
    progress.refold = counts_otherwise or (progress.refold and unfinished)
    policy_changed = before is not None and before.version != context.policy.version
    if policy_changed:
        silent = await policies.is_silent(session, context.policy.version)
        progress.occasion, progress.silent = "policy_activated", silent
    elif not (progress.goes_on or unfinished):
        other_model = progress.model_version != context.versions[1]
        name = None if before is None else "model_fitted" if other_model else "portfolio_computed"
        progress.occasion, progress.silent = name, False
    if before is not None and not bounds_alike(before, context.policy) and not progress.refold:
        await _take_snapshot(session, context, now)
        context = await teller.contexts.load(session)
    progress.goes_on = False
    progress.policy_version, progress.model_version, progress.portfolio_version = context.versions
    if progress.refold:
        progress.skipped = 0  # without a refold, those skipped by the last one still keep their old statistics
        # A batch that is under way may still fold as the policy before did; from those that begin now on, none does.
        progress.wait_until = await repository.next_transaction(session)
    progress.customers = await fact_queries.count_customers(session)
    progress.scored = progress.told = 0
    progress.after_customer = progress.finished_at = None
    progress.started_at = now
    return context


async def _finish(session: AsyncSession, progress: Rescoring, context: Context, now: datetime) -> None:
    """After a refold boundaries and amounts are others, too: a snapshot is taken, and a model asked for."""
    progress.finished_at = now
    if not progress.refold:
        return
    progress.refold = False
    await facts.mark_without_facts(session, silent=progress.silent)
    progress.goes_on = await _take_snapshot(session, context, now)
    if context.model is not None:
        await models.request_fit(session, requested_at=now, policy=context.policy)


async def _take_snapshot(session: AsyncSession, context: Context, now: datetime) -> bool:
    """In place of the one in force; False where there is none yet, or are too few customers."""
    if context.portfolio is None:
        return False
    stored = await portfolios.take_snapshot(session, policy=context.policy, measures=context.measures, computed_at=now)
    return stored is not None


async def _policy_before(session: AsyncSession, progress: Rescoring, teller: Teller) -> Policy | None:
    if progress.policy_version == _NO_POLICY:
        return None
    return await teller.contexts.policies.of_version(session, progress.policy_version)
