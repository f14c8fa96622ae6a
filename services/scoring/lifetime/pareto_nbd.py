"""Pareto/NBD: how often a customer buys and whether they still do (Schmittlein, Morrison, Colombo 1987, "Counting Your
Customers", Management Science 33; formulas after Fader, Hardie 2005, "A Note on Deriving the Pareto/NBD Model").

While active a customer buys at rate lambda ~ Gamma(r, alpha) and leaves at rate mu ~ Gamma(s, beta), at any moment. The
likelihood of having left is an integral over that moment, usually written as a difference of two 2F1, which cancel
where t_x is close to T and overflow for busy customers. It is taken here by Gauss-Legendre quadrature of its integrand,
smooth in the logarithm of time and never added up outside of log space.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from scipy.special import digamma, expit, gammaln, logsumexp, xlogy

from services.scoring.lifetime.purchasing import Floats, Futures, PurchaseHistories, PurchaseModelName

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_NEGLIGIBLE: Final = 40.0
"""Where the integrand has fallen by this many powers of e, what is left of it does not count."""

_ROWS_AT_ONCE: Final = 16_384
_NEWTON_STEPS: Final = 40
_LONGEST_STEP: Final = 3.0
_LONGEST_WAIT: Final = 25.0
"""The logarithm of the most weeks looked ahead: later than that is never."""


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    r: float
    alpha: float
    s: float
    beta: float

    name: ClassVar[PurchaseModelName] = "pareto_nbd"
    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def as_array(self) -> Floats:
        return np.array([self.r, self.alpha, self.s, self.beta])

    @classmethod
    def log_likelihood(cls, log_parameters: Floats, rows: PurchaseHistories) -> tuple[float, Floats]:
        parts = [
            _log_likelihood(log_parameters, *(column[start : start + _ROWS_AT_ONCE] for column in _columns(rows)))
            for start in range(0, max(rows.x.size, 1), _ROWS_AT_ONCE)
        ]
        return sum(value for value, _ in parts), np.sum([gradient for _, gradient in parts], axis=0)

    def probability_active(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return np.asarray(np.exp(-np.logaddexp(0.0, self._log_odds_gone(x, t_x, T))))

    def weeks_until_probability(self, x: Floats, t_x: Floats, probability: float) -> Floats:
        """By Newton's method on the logarithm of the weeks since t_x, by which the log odds rise convexly."""
        target = np.log(1 / probability - 1)
        wait = np.log(self.beta + t_x) - np.log(self.s) + min(target, 0.0)
        for _ in range(_NEWTON_STEPS):
            weeks = np.exp(wait)
            T = t_x + weeks
            odds = self._log_odds_gone(x, t_x, T)
            leaving = self.s / (self.beta + T)
            slope = weeks * ((self.r + x) / (self.alpha + T) + leaving * (1 + np.exp(np.minimum(-odds, 700.0))))
            step = np.clip((target - odds) / slope, -_LONGEST_STEP, _LONGEST_STEP)
            wait = np.minimum(wait + step, _LONGEST_WAIT)
            if np.all((np.abs(step) < 1e-12) | (wait >= _LONGEST_WAIT)):
                break
        return np.where(wait >= _LONGEST_WAIT, np.inf, t_x + np.exp(wait))

    def expected_purchases(self, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
        """Equation (41) of the note, written so that s = 1 needs no case of its own."""
        growth = np.log1p(horizon / (self.beta + T))
        if_active = (self.r + x) * (self.beta + T) / (self.alpha + T) * _mean_power(1 - self.s, growth)
        return np.asarray(if_active * self.probability_active(x, t_x, T))

    def count_probabilities(self, age: Floats, upto: int) -> Floats:
        """Those still active at that age, and those who left before, by the moment they left."""
        start = np.zeros_like(age)
        tau, log_weight = _nodes(self, np.zeros_like(age), start, age)
        log_leaving = np.log(self.s) + self.s * np.log(self.beta) - (self.s + 1) * np.log(self.beta + tau) + log_weight
        log_staying = self.s * (np.log(self.beta) - np.log(self.beta + age))
        columns = []
        for n in range(upto):
            left = np.exp(logsumexp(self._log_nbd(n, tau) + log_leaving, axis=1))
            columns.append(np.exp(self._log_nbd(n, age) + log_staying) + left)
        matrix = np.stack(columns, axis=1)
        return np.concatenate([matrix, np.maximum(1 - matrix.sum(axis=1, keepdims=True), 0.0)], axis=1)

    def draw_futures(
        self, x: Floats, t_x: Floats, T: Floats, *, weeks: float, futures: int, random: np.random.Generator
    ) -> Futures:
        """The posterior given "still active" is lambda ~ Gamma(r + x, alpha + T) and mu ~ Gamma(s, beta + T),
        independently; a customer who left buys nothing more."""
        shape = (x.size, futures)
        active = self.probability_active(x, t_x, T)[:, None]
        stays = (np.arange(futures) + 0.5) / futures < active
        rate = random.gamma((self.r + x)[:, None], size=shape) / (self.alpha + T)[:, None]
        # Over mu the remaining life is Pareto: P(longer than t) = ((beta + T) / (beta + T + t))^s.
        with np.errstate(over="ignore"):
            life = (self.beta + T)[:, None] * np.expm1(-np.log(1 - random.random(shape)) / self.s)
        life = np.minimum(life, weeks)
        arrivals = np.where(stays, random.poisson(rate * life), 0).ravel()
        owner = np.repeat(np.arange(arrivals.size), arrivals)
        return Futures(owner, random.random(owner.size) * life.ravel()[owner])

    def usual_rate(self, x: Floats, T: Floats) -> Floats:
        return np.asarray((self.r + x) / (self.alpha + T))

    def _log_odds_gone(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        x, t_x, T = np.broadcast_arrays(x, t_x, T)
        alive = -(self.r + x) * np.log(self.alpha + T) - self.s * np.log(self.beta + T)
        return _log_gone(self, x, t_x, T) - alive

    def _log_nbd(self, n: int, age: Floats) -> Floats:
        """Of n purchases by then, had nobody left."""
        log_weight = gammaln(self.r + n) - gammaln(self.r) - gammaln(n + 1)
        log_stay = self.r * (np.log(self.alpha) - np.log(self.alpha + age))
        return np.asarray(log_weight + log_stay + xlogy(n, age / (self.alpha + age)))


def _columns(rows: PurchaseHistories) -> tuple[Floats, Floats, Floats, Floats]:
    return rows.x, rows.t_x, rows.T, rows.weight


def _log_likelihood(log_parameters: Floats, x: Floats, t_x: Floats, T: Floats, weight: Floats) -> tuple[float, Floats]:
    model = ParetoNbd(*(float(number) for number in np.exp(log_parameters)))
    r, alpha, s, beta = model.as_array()
    tau, terms = _terms(model, x, t_x, T)
    gone = logsumexp(terms, axis=1)
    alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    value = gammaln(r + x) - gammaln(r) + xlogy(r, alpha) + xlogy(s, beta) + np.logaddexp(alive, gone)

    share, when = expit(gone - alive), np.exp(terms - gone[:, None])

    def mean(if_active: Floats, if_gone: Floats) -> Floats:
        """Over the posterior of being active still, or having left at one of the moments `tau`."""
        return np.asarray((1 - share) * if_active + share * (when * if_gone).sum(axis=1))

    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - mean(np.log(alpha + T), np.log(alpha + tau))
    by_alpha = r / alpha - (r + x) * mean(1 / (alpha + T), 1 / (alpha + tau))
    by_s = np.log(beta) - mean(np.log(beta + T), np.log(beta + tau)) + share / s
    by_beta = s / beta - mean(s / (beta + T), (s + 1) / (beta + tau))
    gradient = np.array([(weight * part).sum() for part in (by_r, by_alpha, by_s, by_beta)])
    return float((weight * value).sum()), gradient * model.as_array()


def _log_gone(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """The logarithm of the integral, over the moments from t_x to T, of the density of leaving then."""
    flat = [np.ravel(column) for column in (x, t_x, T)]
    gone = np.empty(flat[0].size)
    for start in range(0, gone.size, _ROWS_AT_ONCE):
        chunk = slice(start, start + _ROWS_AT_ONCE)
        gone[chunk] = logsumexp(_terms(model, *(column[chunk] for column in flat))[1], axis=1)
    return gone.reshape(np.shape(x))


def _terms(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats]:
    """The moments of the quadrature, a row of them per customer, and the logarithm of what each adds to the integral of
    s (alpha + tau)^-(r + x) (beta + tau)^-(s + 1)."""
    tau, log_weight = _nodes(model, x, t_x, T)
    falling = (model.r + x)[:, None] * np.log(model.alpha + tau) + (model.s + 1) * np.log(model.beta + tau)
    return tau, np.log(model.s) - falling + log_weight


def _nodes(model: ParetoNbd, x: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Moments between `start` and `end`, spread evenly in v = ln(min(alpha, beta) + tau), and their log weights.

    The logarithm of the integrand is concave in v. So where it falls from the start, at a slope of g, nothing beyond
    40 / g counts: the interval ends there, and the nodes stay where the integrand is, however often a customer bought.
    """
    shift = min(model.alpha, model.beta)
    base = shift + start
    slope = 1 - (model.r + x) * base / (model.alpha + start) - (model.s + 1) * base / (model.beta + start)
    length = np.log1p((end - start) / base)
    length = np.where(slope < 0, np.minimum(length, _NEGLIGIBLE / np.maximum(-slope, 1e-300)), length)
    half = np.maximum(length / 2, 1e-300)[:, None]
    along = half * (1 + _NODES)
    tau = start[:, None] + base[:, None] * np.expm1(along)
    return tau, np.log(half * _WEIGHTS) + np.log(base)[:, None] + along


def _mean_power(exponent: float, growth: Floats) -> Floats:
    """(e^(exponent * growth) - 1) / exponent, which is `growth` in the limit of 0."""
    if abs(exponent) < 1e-9:
        return growth
    return np.asarray(np.expm1(exponent * growth) / exponent)
