"""When time alone next changes a class: the instant at which a customer is looked at again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from services.scoring.facts.circumstances import NOTHING
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.purchasing import PurchaseModel
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.growth import Peers
from services.scoring.scores.churn import churn_change_days
from services.scoring.scores.context import Context
from services.scoring.scores.lifecycle import stage_change_days
from services.scoring.scores.loyalty import level_change_days
from services.scoring.scores.partnership import partnership_change_days
from services.scoring.scores.quadrant import quadrant_change_days
from services.scoring.scores.satisfaction import satisfaction_changes
from services.scoring.scores.value import buyers_by_model, patterns_of
from services.scoring.scores.warnings import warning_change_days

_FAR_WEEKS: Final = 52.0 * 1000
"""Stands for never: calendars end."""

_NEVER: Final = 10**9
"""As a day: later than any."""


def next_review(
    statistics: Statistics,
    context: Context,
    peers: Peers | None,
    moment: tuple[datetime, int],
    watched_day: int | None,
) -> datetime | None:
    """The first later instant at which some class may change by time alone. `moment` is the instant and its local day,
    `watched_day` what `next_watched_days` found for this customer."""
    policy, measures, (as_of, today) = context.policy, context.measures, moment
    days = [day for day in _change_days(statistics, context, peers, today) if day > today]
    if watched_day is not None:
        days.append(watched_day)
    next_day = min(days, default=None)
    instants = [*satisfaction_changes(statistics, policy.satisfaction, measures, as_of)]
    if next_day is not None:
        instants.append(measures.start_of(next_day))
    return min(instants, default=None)


def _change_days(statistics: Statistics, context: Context, peers: Peers | None, today: int) -> Iterator[int]:
    policy, portfolio, by_rhythm = context.policy, context.portfolio, context.model is None
    if statistics.last_day is None:
        return
    yield from stage_change_days(statistics, policy.lifecycle, by_rhythm=by_rhythm)
    yield from level_change_days(statistics, policy.loyalty)
    yield from churn_change_days(statistics, policy.churn, today, by_rhythm=by_rhythm)
    yield from partnership_change_days(statistics, policy.partnership, context.measures)
    if statistics.more is not NOTHING:
        yield from warning_change_days(statistics, policy.churn, context.measures, today)
    if portfolio is not None:
        yield from (statistics.last_day + bound + 1 for bound in portfolio.recency_bounds)
        if peers is not None:
            yield from quadrant_change_days(statistics, peers, context, portfolio.year, today)


def next_watched_days(customers: Sequence[tuple[Statistics, int]], context: Context) -> list[int | None]:
    """Per customer, the next day on which the probability of being active falls to a level that the policy watches."""
    next_days: list[int | None] = [None] * len(customers)
    if context.model is not None:
        for own, buyers in buyers_by_model(customers, context.model):
            _watch_buyers(customers, buyers, own.purchases, context.policy, next_days)
    return next_days


def _watch_buyers(
    customers: Sequence[tuple[Statistics, int]],
    buyers: Sequence[int],
    model: PurchaseModel,
    policy: Policy,
    next_days: list[int | None],
) -> None:
    patterns = patterns_of([customers[index] for index in buyers], policy.money.digits)
    first, today = np.array([(customers[index][0].purchase_days[0].day, customers[index][1]) for index in buyers]).T
    found = np.full(len(buyers), _NEVER)
    silences = (band.below for band in policy.churn.silence)
    for level in {policy.lifecycle.active_probability, *policy.telling.probability_reviews, *silences}:
        age = model.weeks_until_probability(patterns.x, patterns.t_x, level)
        # Rounded down: a day too early finds nothing changed, a day too late would leave a stale class standing.
        turning = first + np.floor(np.minimum(age, _FAR_WEEKS) * 7).astype(np.int64)
        for day in (turning, turning + 1):
            found = np.where(np.isfinite(age) & (day > today), np.minimum(found, day), found)
    for index, day in zip(buyers, found.tolist(), strict=True):
        next_days[index] = None if day == _NEVER else day
