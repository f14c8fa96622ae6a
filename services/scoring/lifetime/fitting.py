"""Maximum likelihood for both models, with what shows how far to trust it: standard errors and goodness of fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtrc

from services.scoring.lifetime import bgnbd, gamma_gamma
from services.scoring.lifetime.bgnbd import BgNbd, Floats, PurchaseHistories
from services.scoring.lifetime.gamma_gamma import GammaGamma, SpendHistories
from services.scoring.policies.policy import LifetimePolicy

_LOWEST, _HIGHEST = -7.0, 9.0
"""Bounds of a parameter's logarithm: beyond them the likelihood is flat and the parameter means "none" or "all"."""
_BINS: Final = 7
_STARTS: Final = ((1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.8, 2.5), (1.0, 10.0, 0.3, 5.0))
_SPEND_STARTS: Final = ((1.0, 1.0, 0.0), (2.0, 0.5, 0.5))

Objective = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class TooLittleData:
    """Why no model can be fitted yet: `needed` of something, of which there is only `found`."""

    reason: Literal["too_few_customers", "too_few_repeat_customers", "too_short_a_period"]
    found: float
    needed: float


@dataclass(frozen=True, slots=True)
class CountBin:
    """How many customers made `purchases` repeats (the last bin: that many or more), in fact and by the model."""

    purchases: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """`chi_square` pools bins that expect fewer than 5; a `p_value` near 0 says that the model misses the pattern."""

    bins: tuple[CountBin, ...]
    chi_square: float
    degrees_of_freedom: int
    p_value: float | None


@dataclass(frozen=True, slots=True)
class PurchaseFit:
    """`covariance` is that of the logarithms of (r, alpha, a, b); None where the data do not determine them."""

    model: BgNbd
    log_likelihood: float
    customers: int
    repeat_customers: int
    covariance: tuple[tuple[float, ...], ...] | None
    goodness: GoodnessOfFit


@dataclass(frozen=True, slots=True)
class SpendFit:
    model: GammaGamma
    log_likelihood: float
    customers: int


def fit_purchases(rows: PurchaseHistories, policy: LifetimePolicy) -> PurchaseFit | TooLittleData:
    """The same rows in another order give the same parameters to about eight digits: callers sort them."""
    repeat_customers = int(rows.weight[rows.x > 0].sum())
    longest = float(rows.T.max()) if rows.T.size else 0.0
    if rows.customers < policy.minimum_customers:
        return TooLittleData("too_few_customers", rows.customers, policy.minimum_customers)
    if repeat_customers < policy.minimum_repeat_customers:
        return TooLittleData("too_few_repeat_customers", repeat_customers, policy.minimum_repeat_customers)
    if longest < policy.minimum_weeks:
        return TooLittleData("too_short_a_period", longest, policy.minimum_weeks)

    def negative(log_parameters: Floats) -> tuple[float, Floats]:
        value, gradient = bgnbd.log_likelihood(log_parameters, rows)
        return -value, -gradient

    best, lowest = _minimise(negative, [np.log(start) for start in _STARTS], [(_LOWEST, _HIGHEST)] * 4)
    model = BgNbd(*(float(number) for number in np.exp(best)))
    return PurchaseFit(
        model=model,
        log_likelihood=-lowest,
        customers=rows.customers,
        repeat_customers=repeat_customers,
        covariance=_covariance(negative, best),
        goodness=_goodness(model, rows),
    )


def fit_spend(rows: SpendHistories, policy: LifetimePolicy) -> SpendFit | TooLittleData:
    """Fits in units of the overall mean, so that fen and dollars converge alike, and scales gamma back."""
    if rows.customers < policy.minimum_repeat_customers:
        return TooLittleData("too_few_repeat_customers", rows.customers, policy.minimum_repeat_customers)
    scale = float((rows.weight * rows.m).sum() / rows.weight.sum())
    scaled = SpendHistories(rows.x, rows.m / scale, rows.weight)

    def negative(free: Floats) -> tuple[float, Floats]:
        value, gradient = gamma_gamma.log_likelihood(free, scaled)
        return -value, -gradient

    best, lowest = _minimise(negative, [np.array(start) for start in _SPEND_STARTS], [(_LOWEST, _HIGHEST)] * 3)
    unit = gamma_gamma.from_free(best)
    log_likelihood = -lowest - rows.customers * float(np.log(scale))
    return SpendFit(GammaGamma(unit.p, unit.q, unit.gamma * scale), log_likelihood, rows.customers)


def _minimise(negative: Objective, starts: Sequence[Floats], bounds: list[tuple[float, float]]) -> tuple[Floats, float]:
    def run(start: Floats) -> tuple[float, Floats]:
        found = minimize(
            negative,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
        )
        return float(found.fun), np.asarray(found.x, dtype=np.float64)

    lowest, best = min((run(start) for start in starts), key=lambda result: result[0])
    return best, lowest


def _covariance(negative: Objective, best: Floats) -> tuple[tuple[float, ...], ...] | None:
    if np.any(best <= _LOWEST + 1e-6) or np.any(best >= _HIGHEST - 1e-6):
        return None
    step = 1e-4
    rows = [(negative(best + shift)[1] - negative(best - shift)[1]) / (2 * step) for shift in step * np.eye(best.size)]
    hessian = np.stack(rows)
    hessian = (hessian + hessian.T) / 2
    if np.linalg.eigvalsh(hessian).min() <= 1e-6:
        return None
    return tuple(tuple(float(cell) for cell in row) for row in np.linalg.inv(hessian))


def _goodness(model: BgNbd, rows: PurchaseHistories) -> GoodnessOfFit:
    expected = (rows.weight[:, None] * bgnbd.count_probabilities(model, rows.T, _BINS)).sum(axis=0)
    observed = np.bincount(np.minimum(rows.x, _BINS).astype(np.int64), weights=rows.weight, minlength=_BINS + 1)
    bins = tuple(
        CountBin(n, int(seen), float(thought)) for n, (seen, thought) in enumerate(zip(observed, expected, strict=True))
    )
    pooled = _pool(bins)
    chi_square = sum((seen - thought) ** 2 / thought for seen, thought in pooled)
    freedom = len(pooled) - 1 - 4
    p_value = float(chdtrc(freedom, chi_square)) if freedom > 0 else None
    return GoodnessOfFit(bins, float(chi_square), max(freedom, 0), p_value)


def _pool(bins: Sequence[CountBin]) -> list[tuple[float, float]]:
    """(observed, expected) from the rarest bins inwards, joined until each expects 5 or more."""
    pooled: list[tuple[float, float]] = []
    seen = thought = 0.0
    for part in reversed(bins):
        seen, thought = seen + part.observed, thought + part.expected
        if thought >= 5:
            pooled.append((seen, thought))
            seen = thought = 0.0
    if pooled and thought > 0:
        pooled[-1] = (pooled[-1][0] + seen, pooled[-1][1] + thought)
    return pooled
