"""What a customer is expected to buy and earn within the policy's horizon, as present value, with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.scoring.facts.profile import Profile
from services.scoring.lifetime import gamma_gamma
from services.scoring.lifetime.futures import WEEKS_PER_MONTH, Horizon, Patterns, simulate
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.lifetime.purchase_models import make_model
from services.scoring.lifetime.purchasing import Floats, PurchaseModel
from services.scoring.policies.policy import LifetimePolicy
from services.scoring.policies.policy.growth import PeerDimension

_PARAMETER_DRAWS: Final = 400


@dataclass(frozen=True, slots=True)
class LifetimeModel:
    """A fitted model as scores use it. `spend` is None where repeat purchases were too few to learn amounts from.

    `segments` are models of customers who are equal in `segment_by`, of those segments that had data enough; each names
    its own in `segment`.
    """

    version: int
    purchases: PurchaseModel
    spend: GammaGamma | None
    covariance: tuple[tuple[float, ...], ...] | None
    segment: str | None = None
    segment_by: PeerDimension = "none"
    segments: Mapping[str, "LifetimeModel"] = field(default_factory=dict)

    def of(self, profile: Profile | None) -> "LifetimeModel":
        """The model of this customer's segment; everybody's where it has none."""
        name = segment_of(profile, self.segment_by)
        return self if name is None else self.segments.get(name, self)


def segment_of(profile: Profile | None, dimension: PeerDimension) -> str | None:
    """None where nothing is known of it."""
    return None if profile is None or dimension == "none" else getattr(profile, dimension)


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
    cumulative = model.purchases.expected_purchases(x, t_x, T, np.asarray(steps * WEEKS_PER_MONTH)[None, :])
    active = model.purchases.probability_active(patterns.x, patterns.t_x, patterns.T)
    if model.spend is None:
        return Expectations(active, cumulative[:, -1], None, None)
    margin = gamma_gamma.expected_mean(model.spend, patterns.x, patterns.m)
    factor = (1 + policy.discount_per_year) ** (-(steps - policy.step_months / 2) / 12)
    by_step = np.diff(cumulative, axis=1, prepend=0.0) * factor * margin[:, None]
    starts = np.flatnonzero((steps - policy.step_months) % 12 == 0)
    return Expectations(active, cumulative[:, -1], margin, np.add.reduceat(by_step, starts, axis=1))


def intervals(model: LifetimeModel, x: float, t_x: float, T: float, m: float, policy: LifetimePolicy) -> Intervals:
    """Central intervals that cover the policy's share, simulated with the policy's seed: repeatable to the digit."""
    tails = tails_of(policy.interval)
    random = np.random.default_rng(policy.seed)
    patterns = Patterns(*(np.array([number]) for number in (x, t_x, T, m)))
    horizon = Horizon(policy.horizon_months * WEEKS_PER_MONTH, policy.discount_per_year)
    (outcomes,) = simulate(model.purchases, model.spend, patterns, horizon, futures=policy.draws, random=random)
    margin = None
    if model.spend is not None:
        margin = Interval(*map(float, gamma_gamma.posterior_means(model.spend, x, m, np.array(tails))))
    return Intervals(
        probability_active=_probability_interval(model, patterns, tails, random),
        purchases=_quantiles(outcomes.counts[0], tails),
        margin=margin,
        value=None if outcomes.values is None else _quantiles(outcomes.values[0], tails),
    )


def tails_of(share: float) -> tuple[float, float]:
    """The ranks between which that share of the outcomes lies, as much beyond the one as beyond the other."""
    return (1 - share) / 2, (1 + share) / 2


def _quantiles(outcomes: Floats, tails: tuple[float, float]) -> Interval:
    low, high = np.quantile(outcomes, tails, method="inverted_cdf")
    return Interval(float(low), float(high))


def _probability_interval(
    model: LifetimeModel, patterns: Patterns, tails: tuple[float, float], random: np.random.Generator
) -> Interval | None:
    if model.covariance is None:
        return None
    centre = np.log(model.purchases.as_array())
    root = np.linalg.cholesky(np.array(model.covariance))
    draws = np.exp(centre + random.standard_normal((_PARAMETER_DRAWS, centre.size)) @ root.T)
    likely = (make_model(model.purchases.name, draw) for draw in draws.tolist())
    found = [one.probability_active(patterns.x, patterns.t_x, patterns.T)[0] for one in likely]
    return _quantiles(np.array(found), tails)
