"""Fitting a model: requested, claimed by one worker, worked on outside any transaction, and stored."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import and_, col, or_, select

from services.scoring.facts import queries as facts
from services.scoring.lifetime.fitting import PurchaseFit, SpendFit, TooLittleData, fit_purchases, fit_spend
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import purchase_histories, spend_histories
from services.scoring.lifetime.models import FittedModel, ModelFit
from services.scoring.lifetime.purchase_models import parameters_of
from services.scoring.lifetime.purchasing import PurchaseHistories
from services.scoring.policies.policy import Policy
from shared.ids import uuid7

_LEASE = timedelta(minutes=2)
"""A fit takes a second; a worker that has not finished after this has died."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Histories:
    purchases: PurchaseHistories
    spending: SpendHistories


@dataclass(frozen=True, slots=True)
class Fit:
    """`spending` may be too little where `purchases` suffice: amounts are then left out."""

    purchases: PurchaseFit | TooLittleData
    spending: SpendFit | TooLittleData


@dataclass(frozen=True, slots=True)
class Claim:
    fit_id: UUID
    observed_until: date
    leased_until: datetime


async def request_fit(session: AsyncSession, *, requested_at: datetime, policy: Policy) -> ModelFit:
    """Asks for a model of all that is known until the present local day."""
    observed_until = requested_at.astimezone(policy.zone).date()
    fit = ModelFit(fit_id=uuid7(), state="queued", requested_at=requested_at, observed_until=observed_until)
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
    return Claim(fit.fit_id, fit.observed_until, fit.leased_until)


async def read_histories(session: AsyncSession, *, observed_until: date, policy: Policy) -> Histories:
    until_day = (observed_until - _EPOCH).days
    return Histories(
        purchase_histories(await facts.count_patterns(session, until_day)),
        spend_histories(await facts.count_spending(session), policy.money.digits),
    )


def fit_histories(histories: Histories, policy: Policy) -> Fit:
    """Seconds of processor time for millions of customers: to be called in a thread."""
    return Fit(fit_purchases(histories.purchases, policy.lifetime), fit_spend(histories.spending, policy.lifetime))


async def store_fit(session: AsyncSession, *, claim: Claim, fit: Fit, policy: Policy, fitted_at: datetime) -> None:
    """Keeps the result, unless the lease ran out and another worker has taken the request over."""
    request = await session.get(ModelFit, claim.fit_id, with_for_update=True)
    if request is None or request.state != "running" or request.leased_until != claim.leased_until:
        return
    if isinstance(fit.purchases, TooLittleData):
        request.state, request.reason = "refused", fit.purchases.reason
        request.found, request.needed = fit.purchases.found, fit.purchases.needed
        return
    model = _fitted_model(claim, fit.purchases, fit.spending, policy.version, fitted_at)
    session.add(model)
    await session.flush()
    request.state, request.model_version = "done", model.version


def _fitted_model(
    claim: Claim, purchases: PurchaseFit, spending: SpendFit | TooLittleData, policy_version: int, fitted_at: datetime
) -> FittedModel:
    parameters = parameters_of(purchases.model)
    model = FittedModel(
        fit_id=claim.fit_id,
        policy_version=policy_version,
        fitted_at=fitted_at,
        observed_until=claim.observed_until,
        customers=purchases.customers,
        repeat_customers=purchases.repeat_customers,
        log_likelihood=purchases.log_likelihood,
        covariance=None if purchases.covariance is None else [list(row) for row in purchases.covariance],
        goodness=asdict(purchases.goodness),
        r=parameters["r"],
        alpha=parameters["alpha"],
        a=parameters["a"],
        b=parameters["b"],
    )
    if isinstance(spending, SpendFit):
        model.spend_customers, model.spend_log_likelihood = spending.customers, spending.log_likelihood
        model.p, model.q, model.gamma = spending.model.p, spending.model.q, spending.model.gamma
    return model
