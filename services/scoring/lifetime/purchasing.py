"""What every model of purchases answers, whichever story it tells of how customers leave."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PurchaseModelName = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]


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


@dataclass(frozen=True, slots=True)
class Futures:
    """Simulated purchases within a horizon: of each, the week, and the future that owns it. With k futures of every
    customer, those of the first are numbered 0 … k - 1, those of the second k … 2k - 1, and so on."""

    owner: NDArray[np.int64]
    week: Floats


class PurchaseModel(Protocol):
    """Fitted parameters; rates are per week. `x`, `t_x` and `T` are arrays of one shape, one customer each; nothing
    returned is ever infinite or not a number, but for an age that is never reached."""

    name: ClassVar[PurchaseModelName]
    parameter_names: ClassVar[tuple[str, ...]]

    def as_array(self) -> Floats:
        """The parameters in the order of their names."""

    @classmethod
    def log_likelihood(cls, log_parameters: Floats, rows: PurchaseHistories) -> tuple[float, Floats]:
        """The weighted log-likelihood and its gradient, both by the logarithms of the parameters."""

    def probability_active(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """P(active at T | x, t_x, T); falls with T."""

    def weeks_until_probability(self, x: Floats, t_x: Floats, probability: float) -> Floats:
        """The age T at which P(active) has fallen to `probability`; infinite where it never does."""

    def expected_purchases(self, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
        """E[transactions in the next `horizon` weeks | x, t_x, T]; rises with the horizon. Shapes broadcast."""

    def count_probabilities(self, age: Floats, upto: int) -> Floats:
        """Of a customer picked at random, P(n repeats by that age) for n = 0 … upto - 1 and for `upto` or more, one
        row per age."""

    def draw_futures(
        self, x: Floats, t_x: Floats, T: Floats, *, weeks: float, futures: int, random: np.random.Generator
    ) -> Futures:
        """Purchases within the next `weeks`, in so many possible futures of each customer."""

    def usual_rate(self, x: Floats, T: Floats) -> Floats:
        """Purchases a week to expect of such customers while active: the mean of the posterior."""


def expected_purchases_of_new(model: PurchaseModel, age: Floats) -> Floats:
    """E[X(t)]: repeat transactions of a customer picked at random, `age` weeks after the first."""
    none = np.zeros_like(age)
    return model.expected_purchases(none, none, none, age)
