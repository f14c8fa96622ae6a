"""BG/NBD: how often a customer buys and whether they still do (Fader, Hardie, Lee 2005, "Counting Your Customers the
Easy Way", Marketing Science 24).

While active a customer buys at rate lambda ~ Gamma(r, alpha); after any purchase they leave for good with probability
p ~ Beta(a, b). Observed are x repeat transactions, the last at t_x, within T, all counted from the first transaction.
Everything stays in log space, so that neither hundreds of purchases nor tiny rates overflow.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1, xlogy

Floats = NDArray[np.float64]

_SINGULAR: Final = 1e-6
"""The expectation divides by a - 1; its limit exists, so within this distance of 1 the neighbour's value is taken."""


_MOST_TERMS: Final = 10_000


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Fitted parameters; rates are per week."""

    r: float
    alpha: float
    a: float
    b: float

    def as_array(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])


@dataclass(frozen=True, slots=True)
class PurchaseHistories:
    """Repeat transactions `x`, recency `t_x` and age `T` in weeks; a row stands for `weight` identical customers."""

    x: Floats
    t_x: Floats
    T: Floats
    weight: Floats

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


def log_likelihood(log_parameters: Floats, rows: PurchaseHistories) -> tuple[float, Floats]:
    """The weighted log-likelihood and its gradient, both by the logarithms of (r, alpha, a, b)."""
    r, alpha, a, b = np.exp(log_parameters)
    x, t_x, T = rows.x, rows.t_x, rows.T
    repeated = x > 0
    before = np.where(repeated, b + x - 1, 1.0)
    common = gammaln(r + x) - gammaln(r) + xlogy(r, alpha) + betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + T)
    gone = np.where(repeated, np.log(a / before) - (r + x) * np.log(alpha + t_x), -np.inf)
    value = common + np.logaddexp(alive, gone)
    share = np.where(repeated, expit(gone - alive), 0.0)

    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - (1 - share) * np.log(alpha + T) - share * np.log(alpha + t_x)
    by_alpha = r / alpha - (r + x) * ((1 - share) / (alpha + T) + share / (alpha + t_x))
    by_a = digamma(a + b) - digamma(a + b + x) + share / a
    by_b = digamma(b + x) - digamma(b) + digamma(a + b) - digamma(a + b + x) - share / before
    # betaln(a, b + x) - betaln(a, b) holds gammaln(a) on both sides: it cancels in by_a.
    gradient = np.array([w.sum() for w in (rows.weight * part for part in (by_r, by_alpha, by_a, by_b))])
    return float((rows.weight * value).sum()), gradient * np.array([r, alpha, a, b])


def probability_active(model: BgNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """P(active at T | x, t_x, T). It is 1 without a repeat: the model lets nobody leave before the first one."""
    return probability_active_under(model.as_array()[:, None], x, t_x, T)


def probability_active_under(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """The same for parameters (r, alpha, a, b) along the first axis, which may themselves be arrays."""
    r, alpha, a, b = parameters
    log_odds_gone = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0))
    log_odds_gone = log_odds_gone + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.asarray(np.where(x > 0, expit(-log_odds_gone), 1.0))


def weeks_until_probability(model: BgNbd, x: Floats, t_x: Floats, probability: float) -> Floats:
    """The age T at which P(active) has fallen to `probability`; infinite for customers without a repeat."""
    repeated = x > 0
    growth = np.log(1 / probability - 1) + np.log(np.where(repeated, model.b + x - 1, 1.0)) - np.log(model.a)
    with np.errstate(over="ignore"):
        age = (model.alpha + t_x) * np.exp(growth / (model.r + x)) - model.alpha
    return np.asarray(np.where(repeated, age, np.inf))


def expected_purchases(model: BgNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    """E[transactions in the next `horizon` weeks | x, t_x, T]; equation (10) of the paper.

    Its 2F1(r+x, b+x; a+b+x-1; z) overflows for busy customers; by Euler's transformation it equals
    (1-z)^(a-1-r-x) 2F1(a-1, a+b-1-r; a+b+x-1; z), whose parameters do not grow with x but for the third.
    """
    a = model.a if abs(model.a - 1) >= _SINGULAR else 1 + _SINGULAR
    z = horizon / (model.alpha + T + horizon)
    series = np.exp((a - 1) * np.log1p(-z)) * _hyp2f1(a - 1, a + model.b - 1 - model.r, a + model.b + x - 1, z)
    if_active = (a + model.b + x - 1) / (a - 1) * (1 - series)
    return np.maximum(if_active, 0.0) * probability_active(model, x, t_x, T)


def expected_purchases_of_new(model: BgNbd, age: Floats) -> Floats:
    """E[X(t)]: repeat transactions of a customer picked at random, `age` weeks after the first; equation (9)."""
    a = model.a if abs(model.a - 1) >= _SINGULAR else 1 + _SINGULAR
    z = age / (model.alpha + age)
    series = np.exp((a - 1) * np.log1p(-z)) * _hyp2f1(a - 1, a + model.b - 1 - model.r, a + model.b - 1, z)
    return np.asarray(np.maximum((a + model.b - 1) / (a - 1) * (1 - series), 0.0))


def _hyp2f1(a: float, b: float, c: Floats | float, z: Floats) -> Floats:
    """2F1(a, b; c; z) for 0 <= z < 1. scipy gives up on some large c, just where the plain series converges at once."""
    value: Floats = np.array(hyp2f1(a, b, c, z), dtype=np.float64)
    lost = ~np.isfinite(value)
    if lost.any():
        value[lost] = _series(a, b, np.broadcast_to(c, value.shape)[lost], np.broadcast_to(z, value.shape)[lost])
    return value


def _series(a: float, b: float, c: Floats, z: Floats) -> Floats:
    term, total = np.ones_like(z), np.ones_like(z)
    for n in range(_MOST_TERMS):
        term = term * (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total = total + term
        if (np.abs(term) <= np.finfo(np.float64).eps * np.abs(total)).all():
            break
    return np.asarray(total, dtype=np.float64)


def count_probabilities(model: BgNbd, age: Floats, upto: int) -> Floats:
    """P(X(t) = n) for n = 0 … upto - 1 and P(X(t) >= upto), one row per age; equation (8)."""
    log_stay, log_move = np.log(model.alpha / (model.alpha + age)), np.log(age / (model.alpha + age))
    columns, poisson_below = [], np.zeros_like(age)
    for n in range(upto):
        log_weight = gammaln(model.r + n) - gammaln(model.r) - gammaln(n + 1)
        pmf = np.exp(log_weight + model.r * log_stay + n * log_move)
        column = np.exp(betaln(model.a, model.b + n) - betaln(model.a, model.b)) * pmf
        if n > 0:
            left = np.exp(betaln(model.a + 1, model.b + n - 1) - betaln(model.a, model.b))
            column = column + left * (1 - poisson_below)
        columns.append(column)
        poisson_below = poisson_below + pmf
    matrix = np.stack(columns, axis=1)
    return np.concatenate([matrix, np.maximum(1 - matrix.sum(axis=1, keepdims=True), 0.0)], axis=1)
