"""Value: the margin a customer has brought, and the present value of what they are expected to bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.scoring.facts.fact import FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.expectation import Expectations, LifetimeModel, Patterns, expect
from services.scoring.policies.policy import Policy
from services.scoring.scores.reason import Reason

Missing = Literal["no_model", "no_purchase", "no_spend_model"]

LAST_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class CurrentValue:
    """What the model says of one customer; without it, `missing` says why. `minor` is the sum of `by_year`."""

    probability_active: float | None = None
    purchases: float | None = None
    margin: int | None = None
    minor: int | None = None
    by_year: tuple[int, ...] = ()
    missing: Missing | None = None


def realised_last_year(statistics: Statistics, today: int) -> int:
    return statistics.realised_since(today - LAST_YEAR_DAYS + 1)


def explain_realised(statistics: Statistics) -> tuple[Reason, ...]:
    """The realised value, in minor units, as the parts it is the sum of."""
    evidence = {"purchases": statistics.purchases, "revenue": statistics.revenue}
    reasons = [Reason("purchases", statistics.margin, evidence, (FactKind.PURCHASE,))]
    if statistics.returns:
        evidence = {"returns": statistics.returns, "returned": statistics.returned_revenue}
        reasons.append(Reason("returned_margin", -statistics.returned_margin, evidence, (FactKind.RETURN,)))
    if statistics.compensation:
        reasons.append(Reason("compensation", -statistics.compensation, {}, (FactKind.RESOLUTION,)))
    return tuple(reasons)


def explain_current(
    current: CurrentValue, pattern: tuple[float, float, float, float], policy: Policy
) -> tuple[Reason, ...]:
    """The current value, in minor units, year by year of the horizon."""
    x, t_x, T, m = pattern
    evidence = {
        "repeat_purchases": int(x),
        "weeks_to_last": round(t_x, 2),
        "weeks_observed": round(T, 2),
        "mean_margin": round(m * 10**policy.money.digits),
    }
    return tuple(
        Reason("expected_year", amount, {"year": year, **evidence}, (FactKind.PURCHASE,))
        for year, amount in enumerate(current.by_year, start=1)
    )


def pattern_of(statistics: Statistics, today: int, digits: int) -> tuple[float, float, float, float]:
    """(x, t_x, T, m) of a customer with a purchase: weeks, and the mean margin of repeats in major units.

    The mean is reduced by the share of margin that returns have taken; a loss counts as nothing earned.
    """
    first, last = statistics.purchase_days[0].day, statistics.purchase_days[-1].day
    x = len(statistics.purchase_days) - 1
    kept = 1 - statistics.returned_margin / statistics.margin if statistics.margin > 0 else 1.0
    mean = statistics.repeat_margin / x / 10**digits * max(kept, 0.0) if x else 0.0
    return float(x), (last - first) / 7, (today - first) / 7, max(mean, 0.0)


def judge_current(
    customers: Sequence[tuple[Statistics, int]], model: LifetimeModel | None, policy: Policy
) -> list[CurrentValue]:
    """For many customers at once, each with its local day: the mathematics are arrays, whatever the batch."""
    if model is None:
        return [CurrentValue(missing="no_model")] * len(customers)
    digits = policy.money.digits
    buyers = [index for index, (statistics, _) in enumerate(customers) if statistics.purchase_days]
    values = [CurrentValue(missing="no_purchase")] * len(customers)
    if not buyers:
        return values
    rows = np.array([pattern_of(*customers[index], digits) for index in buyers])
    expected = expect(model, Patterns(*(np.ascontiguousarray(column) for column in rows.T)), policy.lifetime)
    figures = zip(
        buyers,
        expected.probability_active.tolist(),
        expected.purchases.tolist(),
        *_in_minor_units(expected, digits),
        strict=True,
    )
    for index, active, purchases, margin, by_year in figures:
        if margin is None or by_year is None:
            values[index] = CurrentValue(active, purchases, missing="no_spend_model")
        else:
            values[index] = CurrentValue(active, purchases, margin, sum(by_year), tuple(by_year))
    return values


def _in_minor_units(expected: Expectations, digits: int) -> tuple[list[int | None], list[list[int] | None]]:
    """Whole margins, and whole values per year that add up to the rounded value: the largest remainders take what
    rounding down leaves."""
    if expected.margin is None or expected.value_by_year is None:
        nothing = [None] * expected.purchases.size
        return list(nothing), list(nothing)
    years = expected.value_by_year * 10**digits
    whole = np.floor(years)
    left = np.rint(years.sum(axis=1)) - whole.sum(axis=1)
    rank = np.argsort(np.argsort(whole - years, axis=1, kind="stable"), axis=1, kind="stable")
    whole += rank < left[:, None]
    margins = np.rint(expected.margin * 10**digits).astype(np.int64)
    return margins.tolist(), whole.astype(np.int64).tolist()
