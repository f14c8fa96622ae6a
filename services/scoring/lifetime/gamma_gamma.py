"""Gamma-Gamma: how much a transaction earns (Fader, Hardie 2005, "The Gamma-Gamma Model of Monetary Value").

A transaction of one customer earns Gamma(p, nu) around that customer's own mean; nu ~ Gamma(q, gamma) differs between
customers, independently of how often they buy. Observed is the mean m of x repeat transactions. q stays above 1: below
it the mean of a customer without repeats would be infinite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaincinv, gammaln

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Fitted parameters; `gamma` is in the currency's major unit."""

    p: float
    q: float
    gamma: float


@dataclass(frozen=True, slots=True)
class SpendHistories:
    """The mean `m` > 0 of `x` >= 1 repeat transactions, each row standing for `weight` identical customers."""

    x: Floats
    m: Floats
    weight: Floats

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


def from_free(free: Floats) -> GammaGamma:
    """Parameters from the unbounded numbers the optimiser works on: ln p, ln(q - 1), ln gamma."""
    p, above_one, gamma = np.exp(free)
    return GammaGamma(float(p), 1 + float(above_one), float(gamma))


def log_likelihood(free: Floats, rows: SpendHistories) -> tuple[float, Floats]:
    """The weighted log-likelihood and its gradient by the free parameters."""
    model = from_free(free)
    p, q, gamma = model.p, model.q, model.gamma
    x, m = rows.x, rows.m
    shape, total = p * x, np.log(gamma + x * m)
    value = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma) - np.log(m)
    value = value + shape * np.log(x * m) - (shape + q) * total

    by_p = x * (digamma(shape + q) - digamma(shape) + np.log(x * m) - total)
    by_q = digamma(shape + q) - digamma(q) + np.log(gamma) - total
    by_gamma = q / gamma - (shape + q) / (gamma + x * m)
    gradient = np.array([(rows.weight * by_p).sum(), (rows.weight * by_q).sum(), (rows.weight * by_gamma).sum()])
    return float((rows.weight * value).sum()), gradient * np.array([p, q - 1, gamma])


def expected_mean(model: GammaGamma, x: Floats, m: Floats) -> Floats:
    """E[a customer's own mean | x repeats of mean m]: the more repeats, the less the population's mean weighs."""
    return model.p * (model.gamma + x * m) / (model.p * x + model.q - 1)


def posterior_means(model: GammaGamma, x: float, m: float, ranks: Floats) -> Floats:
    """Quantiles, at `ranks` in (0, 1), of one customer's own mean given the data.

    nu | data ~ Gamma(p x + q, rate gamma + x m) and the mean is p / nu: a large nu is a small mean, hence `1 - ranks`.
    """
    shape, rate = model.p * x + model.q, model.gamma + x * m
    return np.asarray(model.p * rate / gammaincinv(shape, 1 - ranks))


def draw_means(model: GammaGamma, x: Floats, m: Floats, draws: int, random: np.random.Generator) -> Floats:
    """So many draws from each customer's posterior, one row per customer."""
    shape, rate = model.p * x + model.q, model.gamma + x * m
    return np.asarray(model.p * rate[:, None] / random.gamma(shape[:, None], size=(x.size, draws)))
