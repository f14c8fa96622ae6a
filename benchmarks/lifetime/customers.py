"""Customers who buy and leave as BG/NBD and Gamma-Gamma have it, with the published parameters of the CDNOW sample."""

from typing import Final

import numpy as np

from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.purchasing import Floats, PurchaseHistories

_R, _ALPHA, _A, _B = 0.243, 4.414, 0.793, 2.426
_P, _Q, _GAMMA = 6.25, 3.74, 15.44
_OBSERVED_DAYS: Final = 730
"""The first customers come that long before the end, the last ones half as long."""


def simulate_histories(customers: int, seed: int) -> tuple[PurchaseHistories, SpendHistories]:
    """Each distinct history once with its weight, as the service reads them; the same for the same seed."""
    random = np.random.default_rng(seed)
    age = np.floor(random.uniform(_OBSERVED_DAYS / 2, _OBSERVED_DAYS, customers))
    x, recency = _buy(random, age)
    table = np.stack([x, recency / 7, age / 7], axis=1)
    distinct, weight = np.unique(table, axis=0, return_counts=True)
    x_each, t_x, T = (np.ascontiguousarray(column) for column in distinct.T)
    return PurchaseHistories(x_each, t_x, T, weight.astype(np.float64)), _spend(random, x)


def _buy(random: np.random.Generator, age: Floats) -> tuple[Floats, Floats]:
    """Repeat purchases of each, and the day of the last one since the first."""
    rate = random.gamma(_R, 1 / _ALPHA, age.size) / 7
    leaving = random.beta(_A, _B, age.size)
    x, recency, day = np.zeros(age.size), np.zeros(age.size), np.zeros(age.size)
    active = np.flatnonzero(rate > 0)
    while active.size:
        day[active] += random.exponential(1 / rate[active])
        active = active[day[active] <= age[active]]
        x[active] += 1
        recency[active] = np.floor(day[active])
        active = active[random.random(active.size) >= leaving[active]]
    return x, recency


def _spend(random: np.random.Generator, x: Floats) -> SpendHistories:
    """Mean margins of who bought again, to the hundredth as money is."""
    repeats = x[x > 0]
    scale = random.gamma(_Q, 1 / _GAMMA, repeats.size)
    mean = np.round(random.gamma(_P * repeats) / (scale * repeats), 2)
    distinct, weight = np.unique(np.stack([repeats, mean], axis=1)[mean > 0], axis=0, return_counts=True)
    return SpendHistories(
        np.ascontiguousarray(distinct[:, 0]), np.ascontiguousarray(distinct[:, 1]), weight.astype(np.float64)
    )
