"""Value: the margin a customer has brought, and the present value of what they are expected to bring."""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from services.scoring.facts.fact import FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.expectation import Expectations, LifetimeModel, expect, segment_of
from services.scoring.lifetime.futures import Patterns
from services.scoring.lifetime.histories import DAYS_PER_WEEK, mean_margin
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.growth import YEAR_DAYS
from services.scoring.scores.reason import Reason

Missing = Literal["no_model", "no_purchase", "no_spend_model"]


class CurrentValue(Struct, frozen=True, gc=False):
    """What the model says of one customer; without it, `missing` says why. `minor` is the sum of `by_year`."""

    probability_active: float | None = None
    purchases: float | None = None
    margin: int | None = None
    minor: int | None = None
    by_year: tuple[int, ...] = ()
    missing: Missing | None = None


def realised_last_year(statistics: Statistics, today: int) -> int:
    return statistics.realised_since(today - YEAR_DAYS + 1)


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


def explain_serving(statistics: Statistics) -> tuple[Reason, ...]:
    """The cost to serve, in minor units, by kind of interaction."""
    return tuple(
        Reason("serving", serving.cost, {"serving": serving.kind, "interactions": serving.facts})
        for serving in statistics.more.servings
    )


def explain_current(current: CurrentValue, pattern: Patterns, policy: Policy) -> tuple[Reason, ...]:
    """The current value, in minor units, year by year of the horizon; `pattern` is this customer's alone."""
    evidence: dict[str, int | float] = {
        "repeat_purchases": int(pattern.x[0]),
        "weeks_to_last": round(float(pattern.t_x[0]), 2),
        "weeks_observed": round(float(pattern.T[0]), 2),
        "mean_margin": round(float(pattern.m[0]) * 10**policy.money.digits),
    }
    return tuple(
        Reason("expected_year", amount, {"year": year, **evidence}, (FactKind.PURCHASE,))
        for year, amount in enumerate(current.by_year, start=1)
    )


def explain_model(model: LifetimeModel, statistics: Statistics) -> Reason:
    """Why this customer is judged by everybody's model, or by that of a segment."""
    profile, dimension = statistics.more.profile, model.segment_by
    if dimension == "none":
        return Reason("model_everybody", None)
    segment = segment_of(profile, dimension)
    if segment is None:
        return Reason("model_segment_unknown", None, {"segment_by": dimension})
    rule = "model_segment" if segment in model.segments else "model_segment_too_small"
    return Reason(rule, None, {"segment_by": dimension, "segment": segment})


def patterns_of(customers: Sequence[tuple[Statistics, int]], digits: int) -> Patterns:
    """What the model looks at, of customers with a purchase, each with their local day."""
    rows = [
        (
            len(statistics.purchase_days) - 1,
            statistics.purchase_days[-1].day - statistics.purchase_days[0].day,
            today - statistics.purchase_days[0].day,
            statistics.repeat_margin,
            statistics.margin,
            statistics.returned_margin,
        )
        for statistics, today in customers
    ]
    x, recency, age, repeat_margin, margin, returned = np.array(rows, dtype=np.float64).reshape(-1, 6).T
    mean = mean_margin(x, repeat_margin, margin, returned, digits)
    return Patterns(x, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, mean)


def judge_current(
    customers: Sequence[tuple[Statistics, int]], model: LifetimeModel | None, policy: Policy
) -> list[CurrentValue]:
    """For many customers at once, each with its local day: the mathematics are arrays, whatever the batch."""
    if model is None:
        return [CurrentValue(missing="no_model")] * len(customers)
    values = [CurrentValue(missing="no_purchase")] * len(customers)
    for own, buyers in buyers_by_model(customers, model):
        _judge_buyers(customers, buyers, own, policy, values)
    return values


def buyers_by_model(
    customers: Sequence[tuple[Statistics, int]], model: LifetimeModel
) -> Iterable[tuple[LifetimeModel, list[int]]]:
    """The places of those who have bought, under the model that each of them is judged by."""
    buyers = [index for index, (statistics, _) in enumerate(customers) if statistics.purchase_days]
    if not buyers:
        return ()
    if not model.segments:
        return ((model, buyers),)
    groups: dict[str | None, tuple[LifetimeModel, list[int]]] = {}
    for index in buyers:
        own = model.of(customers[index][0].more.profile)
        groups.setdefault(own.segment, (own, []))[1].append(index)
    return groups.values()


def _judge_buyers(
    customers: Sequence[tuple[Statistics, int]],
    buyers: Sequence[int],
    model: LifetimeModel,
    policy: Policy,
    values: list[CurrentValue],
) -> None:
    digits = policy.money.digits
    patterns = patterns_of([customers[index] for index in buyers], digits)
    expected = expect(model, patterns, policy.lifetime)
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
