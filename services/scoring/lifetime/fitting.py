"""Maximum likelihood for the models of purchases and of spend, with what shows how far to trust it: standard errors,
information criteria and goodness of fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.optimize import minimize

from services.scoring.lifetime import gamma_gamma
from services.scoring.lifetime.gamma_gamma import GammaGamma, SpendHistories
from services.scoring.lifetime.goodness import GoodnessOfFit, judge_goodness
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS, REFERENCE, make_model
from services.scoring.lifetime.purchasing import Floats, PurchaseHistories, PurchaseModel, PurchaseModelName
from services.scoring.policies.policy import LifetimePolicy

_LOWEST, _HIGHEST = -7.0, 9.0
"""Bounds of a parameter's logarithm: beyond them the likelihood is flat and the parameter means "none" or "all"."""
_STARTS: Final = ((1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.8, 2.5), (1.0, 10.0, 0.3, 5.0))
_SPEND_STARTS: Final = ((1.0, 1.0, 0.0), (2.0, 0.5, 0.5))
_ROUGH_ROWS: Final = 4_000
"""Of more distinct histories than these, so many find the neighbourhood, and all of them the maximum in it."""

Objective = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class TooLittleData:
    """Why no model can be fitted yet: `needed` of something, of which there is only `found`."""

    reason: Literal["too_few_customers", "too_few_repeat_customers", "too_short_a_period", "no_variation"]
    found: float
    needed: float


@dataclass(frozen=True, slots=True)
class PurchaseFit:
    """`covariance` is that of the logarithms of the parameters; None where the data do not determine them."""

    model: PurchaseModel
    log_likelihood: float
    customers: int
    repeat_customers: int
    covariance: tuple[tuple[float, ...], ...] | None
    goodness: GoodnessOfFit

    @property
    def aic(self) -> float:
        return 2 * len(self.model.parameter_names) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        return len(self.model.parameter_names) * float(np.log(self.customers)) - 2 * self.log_likelihood


@dataclass(frozen=True, slots=True)
class SpendFit:
    model: GammaGamma
    log_likelihood: float
    customers: int


def too_little(rows: PurchaseHistories, policy: LifetimePolicy) -> TooLittleData | None:
    """What these histories lack for a model; None when nothing."""
    repeat_customers = int(rows.weight[rows.x > 0].sum())
    longest = float(rows.T.max()) if rows.T.size else 0.0
    if rows.customers < policy.minimum_customers:
        return TooLittleData("too_few_customers", rows.customers, policy.minimum_customers)
    if repeat_customers < policy.minimum_repeat_customers:
        return TooLittleData("too_few_repeat_customers", repeat_customers, policy.minimum_repeat_customers)
    if longest < policy.minimum_weeks:
        return TooLittleData("too_short_a_period", longest, policy.minimum_weeks)
    if np.ptp(rows.x) == np.ptp(rows.t_x) == np.ptp(rows.T) == 0:
        return TooLittleData("no_variation", 1, 2)
    return None


def fit_purchases(
    rows: PurchaseHistories, policy: LifetimePolicy, name: PurchaseModelName = REFERENCE
) -> PurchaseFit | TooLittleData:
    """The same rows in another order give the same parameters to about eight digits: callers sort them."""
    lacking = too_little(rows, policy)
    if lacking is not None:
        return lacking
    kind = PURCHASE_MODELS[name]

    def negative(rows: PurchaseHistories) -> Objective:
        def objective(log_parameters: Floats) -> tuple[float, Floats]:
            value, gradient = kind.log_likelihood(log_parameters, rows)
            return -value, -gradient

        return objective

    starts, bounds = [np.log(start) for start in _STARTS], [(_LOWEST, _HIGHEST)] * 4
    if rows.x.size > _ROUGH_ROWS:
        starts = [_minimise(negative(_every(rows, rows.x.size // _ROUGH_ROWS)), starts, bounds)[0]]
    best, lowest = _minimise(negative(rows), starts, bounds)
    model = make_model(name, np.exp(best).tolist())
    return PurchaseFit(
        model=model,
        log_likelihood=-lowest,
        customers=rows.customers,
        repeat_customers=int(rows.weight[rows.x > 0].sum()),
        covariance=_covariance(negative(rows), best),
        goodness=judge_goodness(model, rows),
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


def _every(rows: PurchaseHistories, step: int) -> PurchaseHistories:
    return PurchaseHistories(rows.x[::step], rows.t_x[::step], rows.T[::step], rows.weight[::step])


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
