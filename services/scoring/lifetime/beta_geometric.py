"""BG/NBD and MBG/NBD: how often a customer buys and whether they still do.

BG/NBD: Fader, Hardie, Lee 2005, "Counting Your Customers the Easy Way", Marketing Science 24. MBG/NBD: Batislam,
Denizel, Filiztekin 2007, International Journal of Research in Marketing 24, which is the CBG/NBD of Hoppe, Wagner 2007,
Marketing JRM 3.

While active a customer buys at rate lambda ~ Gamma(r, alpha); after a purchase they leave for good with probability
p ~ Beta(a, b). The models differ in the first transaction only: MBG/NBD lets customers leave after it, BG/NBD does not.
Counting the purchases after which one may have left, n = x + `first`, makes one formula of both. Everything stays in
log space, so that neither hundreds of purchases nor tiny rates overflow.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from scipy.special import betaincinv, betaln, digamma, expit, gammaln, hyp2f1, xlogy

from services.scoring.lifetime.purchasing import Floats, Futures, PurchaseHistories, PurchaseModelName

_SINGULAR: Final = 1e-6
"""The expectation divides by a - 1; its limit exists, so within this distance of 1 the neighbour's value is taken."""

_MOST_TERMS: Final = 10_000
_ROUNDING: Final = 1e-6
_SHARES: Final = 128
_LEAST_PROBABILITY: Final = 1e-290


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """What both models share; `first` is 1 where customers may leave after their first transaction, else 0."""

    r: float
    alpha: float
    a: float
    b: float

    first: ClassVar[int]
    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def as_array(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])

    @classmethod
    def log_likelihood(cls, log_parameters: Floats, rows: PurchaseHistories) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        x, t_x, T = rows.x, rows.t_x, rows.T
        n = x + cls.first
        may_be_gone = n > 0
        before = np.where(may_be_gone, b + n - 1, 1.0)
        common = gammaln(r + x) - gammaln(r) + xlogy(r, alpha) + betaln(a, b + n) - betaln(a, b)
        alive = -(r + x) * np.log(alpha + T)
        gone = np.where(may_be_gone, np.log(a / before) - (r + x) * np.log(alpha + t_x), -np.inf)
        value = common + np.logaddexp(alive, gone)
        share = np.where(may_be_gone, expit(gone - alive), 0.0)

        logs = (1 - share) * np.log(alpha + T) + share * np.log(alpha + t_x)
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - logs
        by_alpha = r / alpha - (r + x) * ((1 - share) / (alpha + T) + share / (alpha + t_x))
        # betaln(a, b + n) - betaln(a, b) holds gammaln(a) on both sides: it cancels in by_a.
        by_a = digamma(a + b) - digamma(a + b + n) + share / a
        by_b = digamma(b + n) - digamma(b) + digamma(a + b) - digamma(a + b + n) - share / before
        gradient = np.array([w.sum() for w in (rows.weight * part for part in (by_r, by_alpha, by_a, by_b))])
        return float((rows.weight * value).sum()), gradient * np.array([r, alpha, a, b])

    def probability_active(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Under BG/NBD it is 1 without a repeat: that model lets nobody leave before the first one."""
        n = x + self.first
        odds_gone = self._log_odds_at_purchase(n) + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        return np.asarray(np.where(n > 0, expit(-odds_gone), 1.0))

    def weeks_until_probability(self, x: Floats, t_x: Floats, probability: float) -> Floats:
        n = x + self.first
        growth = np.log(1 / probability - 1) - self._log_odds_at_purchase(n)
        with np.errstate(over="ignore"):
            age = (self.alpha + t_x) * np.exp(growth / (self.r + x)) - self.alpha
        return np.asarray(np.where(n > 0, age, np.inf))

    def expected_purchases(self, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
        """Equation (10) of the paper; where its 2F1 cannot be had in floating point, the mean over p it stands for."""
        x_all, T_all, horizon_all = np.broadcast_arrays(x, T, horizon)
        if_active = self._expected_if_active(x_all, T_all, horizon_all)
        most = (self.r + x_all) * horizon_all / (self.alpha + T_all)
        doubtful = ~((if_active >= 0) & (if_active <= most * (1 + _ROUNDING)))
        if doubtful.any():
            mean = self._mean_if_active(x_all[doubtful], T_all[doubtful], horizon_all[doubtful])
            if_active[doubtful] = mean
        return np.asarray(if_active * self.probability_active(x, t_x, T))

    def _expected_if_active(self, x: Floats, T: Floats, horizon: Floats) -> Floats:
        """Its 2F1(r+x, b+n; a+b+n-1; z) overflows for busy customers; by Euler's transformation it equals
        (1-z)^(a-1-r-x) 2F1(a-1, a+b-1-r+n-x; a+b+n-1; z), whose parameters do not grow with x but for the third."""
        a = self.a if abs(self.a - 1) >= _SINGULAR else 1 + _SINGULAR
        third = a + self.b + x + (self.first - 1)
        z = horizon / (self.alpha + T + horizon)
        with np.errstate(over="ignore", invalid="ignore"):
            series = np.exp((a - 1) * np.log1p(-z)) * _hyp2f1(a - 1, a + self.b - 1 - self.r + self.first, third, z)
            return np.asarray(third / (a - 1) * (1 - series))

    def _mean_if_active(self, x: Floats, T: Floats, horizon: Floats) -> Floats:
        """The mean over p ~ Beta(a, b + n), at the middles of equal shares of it, of what is elementary given p:
        (1 - (1 + p horizon / (alpha + T))^-(r + x)) / p."""
        distinct, place = np.unique(x, return_inverse=True)
        ranks = (np.arange(_SHARES) + 0.5) / _SHARES
        leave = betaincinv(self.a, (self.b + distinct + self.first)[:, None], ranks)
        leave = np.maximum(leave, _LEAST_PROBABILITY)[place]
        bought = -np.expm1(-(self.r + x)[:, None] * np.log1p(leave * (horizon / (self.alpha + T))[:, None])) / leave
        return np.asarray(bought.mean(axis=1))

    def count_probabilities(self, age: Floats, upto: int) -> Floats:
        """Equation (8) of the paper, and its like for MBG/NBD."""
        log_stay = np.log(self.alpha / (self.alpha + age))
        columns, poisson_below = [], np.zeros_like(age)
        for x in range(upto):
            log_weight = gammaln(self.r + x) - gammaln(self.r) - gammaln(x + 1)
            pmf = np.exp(log_weight + self.r * log_stay + xlogy(x, age / (self.alpha + age)))
            n = x + self.first
            column = np.exp(betaln(self.a, self.b + n) - betaln(self.a, self.b)) * pmf
            if n > 0:
                left = np.exp(betaln(self.a + 1, self.b + n - 1) - betaln(self.a, self.b))
                column = column + left * (1 - poisson_below)
            columns.append(column)
            poisson_below = poisson_below + pmf
        matrix = np.stack(columns, axis=1)
        return np.concatenate([matrix, np.maximum(1 - matrix.sum(axis=1, keepdims=True), 0.0)], axis=1)

    def draw_futures(
        self, x: Floats, t_x: Floats, T: Floats, *, weeks: float, futures: int, random: np.random.Generator
    ) -> Futures:
        """The posterior given "still active" is lambda ~ Gamma(r + x, alpha + T) and p ~ Beta(a, b + n), independently;
        a customer who left buys nothing more."""
        shape = (x.size, futures)
        active = self.probability_active(x, t_x, T)[:, None]
        stays = (np.arange(futures) + 0.5) / futures < active
        rate = random.gamma((self.r + x)[:, None], size=shape) / (self.alpha + T)[:, None]
        leave = random.beta(self.a, (self.b + x + self.first)[:, None], size=shape)
        last = np.ceil(np.log(1 - random.random(shape)) / np.log1p(-np.clip(leave, 1e-12, 1 - 1e-12))).ravel()
        arrivals = np.where(stays, random.poisson(rate * weeks), 0).ravel()
        owner = np.repeat(np.arange(arrivals.size), arrivals)
        week = random.random(owner.size) * weeks
        week = week[np.lexsort((week, owner))]
        made = np.arange(owner.size) - (np.cumsum(arrivals) - arrivals)[owner] < last[owner]
        return Futures(owner[made], week[made])

    def usual_rate(self, x: Floats, T: Floats) -> Floats:
        return np.asarray((self.r + x) / (self.alpha + T))

    def _log_odds_at_purchase(self, n: Floats) -> Floats:
        """Of having left right after the last of n purchases; of no meaning where n is 0."""
        return np.asarray(np.log(self.a) - np.log(np.where(n > 0, self.b + n - 1, 1.0)))


class BgNbd(BetaGeometric):
    __slots__ = ()
    name: ClassVar[PurchaseModelName] = "bg_nbd"
    first: ClassVar[int] = 0


class MbgNbd(BetaGeometric):
    __slots__ = ()
    name: ClassVar[PurchaseModelName] = "mbg_nbd"
    first: ClassVar[int] = 1


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
