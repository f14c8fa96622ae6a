"""What a customer is expected to buy and earn within the policy's horizon, as present value, with intervals."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betaincinv, gammaincinv

from services.scoring.lifetime import bgnbd, gamma_gamma
from services.scoring.lifetime.bgnbd import BgNbd, Floats
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.policies.policy import LifetimePolicy

WEEKS_PER_MONTH: Final = 365.25 / 12 / 7
_PARAMETER_DRAWS: Final = 400
_MOST_ARRIVALS: Final = 400_000
"""Simulated purchases per question: for customers so busy that there would be more, fewer futures are drawn."""


@dataclass(frozen=True, slots=True)
class LifetimeModel:
    """A fitted model as scores use it. `spend` is None where repeat purchases were too few to learn amounts from."""

    version: int
    purchases: BgNbd
    spend: GammaGamma | None
    covariance: tuple[tuple[float, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """Customers with a first transaction, one per row; `m` is the mean margin of repeats, 0 where there is none."""

    x: Floats
    t_x: Floats
    T: Floats
    m: Floats


@dataclass(frozen=True, slots=True)
class Expectations:
    """Per customer; `value_by_year` has a column for each started year of the horizon. Without a spend model, margins
    and values are None."""

    probability_active: Floats
    purchases: Floats
    margin: Floats | None
    value_by_year: Floats | None


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Intervals:
    """Of one customer. `probability_active` reflects the parameters' uncertainty and is None where they are not
    determined; the others are the range of outcomes for a customer with this history. None: no such figure."""

    probability_active: Interval | None = None
    purchases: Interval | None = None
    margin: Interval | None = None
    value: Interval | None = None


def expect(model: LifetimeModel, patterns: Patterns, policy: LifetimePolicy) -> Expectations:
    """Each step's expected purchases, times the expected margin, discounted from the middle of the step."""
    steps = np.arange(1, policy.horizon_months // policy.step_months + 1, dtype=np.float64) * policy.step_months
    x, t_x, T = (part[:, None] for part in (patterns.x, patterns.t_x, patterns.T))
    cumulative = bgnbd.expected_purchases(model.purchases, x, t_x, T, np.asarray(steps * WEEKS_PER_MONTH)[None, :])
    active = bgnbd.probability_active(model.purchases, patterns.x, patterns.t_x, patterns.T)
    if model.spend is None:
        return Expectations(active, cumulative[:, -1], None, None)
    margin = gamma_gamma.expected_mean(model.spend, patterns.x, patterns.m)
    discount = (1 + policy.discount_per_year) ** (-(steps - policy.step_months / 2) / 12)
    by_step = np.diff(cumulative, axis=1, prepend=0.0) * discount * margin[:, None]
    starts = np.flatnonzero((steps - policy.step_months) % 12 == 0)
    return Expectations(active, cumulative[:, -1], margin, np.add.reduceat(by_step, starts, axis=1))


def intervals(model: LifetimeModel, x: float, t_x: float, T: float, m: float, policy: LifetimePolicy) -> Intervals:
    """Central intervals that cover the policy's share, simulated with the policy's seed: repeatable to the digit."""
    tails = ((1 - policy.interval) / 2, (1 + policy.interval) / 2)
    random = np.random.default_rng(policy.seed)
    counts, values = _simulate(model, (x, t_x, T, m), policy, random)
    margin = None
    if model.spend is not None:
        margin = Interval(*map(float, gamma_gamma.posterior_means(model.spend, x, m, np.array(tails))))
    return Intervals(
        probability_active=_probability_interval(model, (x, t_x, T), tails, random),
        purchases=_quantiles(counts, tails),
        margin=margin,
        value=None if values is None else _quantiles(values, tails),
    )


def _quantiles(outcomes: Floats, tails: tuple[float, float]) -> Interval:
    low, high = np.quantile(outcomes, tails, method="inverted_cdf")
    return Interval(float(low), float(high))


def _probability_interval(
    model: LifetimeModel, history: tuple[float, float, float], tails: tuple[float, float], random: np.random.Generator
) -> Interval | None:
    if model.covariance is None:
        return None
    centre = np.log(model.purchases.as_array())
    root = np.linalg.cholesky(np.array(model.covariance))
    draws = np.exp(centre + random.standard_normal((_PARAMETER_DRAWS, 4)) @ root.T)
    x, t_x, T = (np.array([number]) for number in history)
    return _quantiles(bgnbd.probability_active_under(draws.T, x, t_x, T), tails)


def _simulate(
    model: LifetimeModel,
    history: tuple[float, float, float, float],
    policy: LifetimePolicy,
    random: np.random.Generator,
) -> tuple[Floats, Floats | None]:
    """Purchases and discounted margin within the horizon, in many futures of a customer with this history.

    The posterior given "still active" is lambda ~ Gamma(r + x, alpha + T) and p ~ Beta(a, b + x), independently;
    a customer who left buys nothing more.
    """
    x, t_x, T, m = history
    weeks = policy.horizon_months * WEEKS_PER_MONTH
    usual = (model.purchases.r + x) / (model.purchases.alpha + T) * weeks
    draws = int(min(policy.draws, max(100, _MOST_ARRIVALS / max(usual, 1.0))))
    active = bgnbd.probability_active(model.purchases, *(np.array([number]) for number in (x, t_x, T)))[0]
    stays = (np.arange(draws) + 0.5) / draws < active
    rate = gammaincinv(model.purchases.r + x, random.random(draws)) / (model.purchases.alpha + T)
    leave = np.clip(betaincinv(model.purchases.a, model.purchases.b + x, random.random(draws)), 1e-12, 1 - 1e-12)
    last = np.ceil(np.log(1 - random.random(draws)) / np.log1p(-leave))
    arrivals = np.where(stays, random.poisson(rate * weeks), 0)

    owner = np.repeat(np.arange(draws), arrivals)
    moment = random.random(owner.size) * weeks
    moment = moment[np.lexsort((moment, owner))]
    made = np.arange(owner.size) - (np.cumsum(arrivals) - arrivals)[owner] < last[owner]
    counts = np.bincount(owner[made], minlength=draws).astype(np.float64)
    if model.spend is None:
        return counts, None
    mean = gamma_gamma.posterior_means(model.spend, x, m, random.random(draws))
    earned = mean[owner] / model.spend.p * random.gamma(model.spend.p, size=owner.size)
    worth = earned * (1 + policy.discount_per_year) ** (-moment / WEEKS_PER_MONTH / 12)
    return counts, np.bincount(owner[made], weights=worth[made], minlength=draws).astype(np.float64)
