"""The score: a pure function of a customer's statistics, under a policy, a model and a portfolio, at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from services.scoring.facts.measures import Measures, from_microseconds
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime import bgnbd
from services.scoring.lifetime.expectation import Intervals, LifetimeModel, intervals
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.portfolio import AbcClass, Portfolio
from services.scoring.scores.lifecycle import Activity, Stage, judge_activity, judge_stage, stage_change_days
from services.scoring.scores.loyalty import Level, judge_level, level_change_days, standing_of
from services.scoring.scores.satisfaction import Satisfaction, judge_satisfaction, satisfaction_changes
from services.scoring.scores.value import CurrentValue, judge_current, patterns_of

_FAR_WEEKS: Final = 52.0 * 1000
"""Stands for never: calendars end."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a score is computed under beside the facts; `model` and `portfolio` are None until there is one."""

    policy: Policy
    measures: Measures
    model: LifetimeModel | None = None
    portfolio: Portfolio | None = None
    portfolio_version: int | None = None

    @property
    def versions(self) -> tuple[int, int | None, int | None]:
        """Of policy, model and portfolio."""
        model_version = None if self.model is None else self.model.version
        return self.policy.version, model_version, self.portfolio_version


@dataclass(frozen=True, slots=True)
class Score:
    """`review_at`: no class changes before this instant unless a fact arrives; None: time alone changes nothing."""

    as_of: datetime
    policy_version: int
    model_version: int | None
    portfolio_version: int | None
    realised: int
    current: CurrentValue
    satisfaction: Satisfaction
    activity: Activity
    stage: Stage
    level: Level
    abc: AbcClass | None
    rfm: tuple[int, int, int] | None
    review_at: datetime | None


def score(statistics: Statistics, context: Context, as_of: datetime) -> Score:
    return score_many([(statistics, as_of)], context)[0]


def score_many(customers: Sequence[tuple[Statistics, datetime]], context: Context) -> list[Score]:
    """Each customer at their own instant, which must not lie before their last fact."""
    day_of = {as_of: context.measures.day(as_of) for as_of in {as_of for _, as_of in customers}}
    dated = [(statistics, day_of[as_of]) for statistics, as_of in customers]
    currents = judge_current(dated, context.model, context.policy)
    model_days = _model_days(dated, context)
    return [
        _score(statistics, context, (as_of, day_of[as_of]), current, days)
        for (statistics, as_of), current, days in zip(customers, currents, model_days, strict=True)
    ]


def effective_instant(statistics: Statistics, now: datetime) -> datetime:
    """Now, or the last fact where that lies a little ahead of this clock: a score never ignores a fact it has."""
    return max(now, from_microseconds(statistics.last_at)) if statistics.facts else now


def value_intervals(statistics: Statistics, context: Context, as_of: datetime) -> Intervals:
    """Intervals of the model's figures, where there are such figures."""
    if context.model is None or not statistics.purchase_days:
        return Intervals()
    pattern = patterns_of([(statistics, context.measures.day(as_of))], context.policy.money.digits)
    x, t_x, T, m = (float(column[0]) for column in (pattern.x, pattern.t_x, pattern.T, pattern.m))
    return intervals(context.model, x, t_x, T, m, context.policy.lifetime)


def _score(
    statistics: Statistics,
    context: Context,
    moment: tuple[datetime, int],
    current: CurrentValue,
    model_days: Sequence[int],
) -> Score:
    policy, portfolio, (as_of, today) = context.policy, context.portfolio, moment
    satisfaction = judge_satisfaction(statistics, policy.satisfaction, context.measures, as_of)
    activity = judge_activity(statistics, current.probability_active, policy.lifecycle, today)
    standing = standing_of(statistics, satisfaction, activity, policy.loyalty)
    bought, realised = standing.purchase_days, statistics.realised
    policy_version, model_version, portfolio_version = context.versions
    return Score(
        as_of=as_of,
        policy_version=policy_version,
        model_version=model_version,
        portfolio_version=portfolio_version,
        realised=realised,
        current=current,
        satisfaction=satisfaction,
        activity=activity,
        stage=judge_stage(statistics, activity, policy.lifecycle),
        level=judge_level(standing, policy.loyalty),
        abc=portfolio.abc(realised) if portfolio and bought else None,
        rfm=portfolio.rfm(activity.silence_days, bought, realised) if portfolio and bought else None,
        review_at=_review_at(statistics, context, moment, model_days),
    )


def _review_at(
    statistics: Statistics, context: Context, moment: tuple[datetime, int], model_days: Sequence[int]
) -> datetime | None:
    """The first later instant at which some class may change by time alone."""
    policy, measures, (as_of, today) = context.policy, context.measures, moment
    days = [
        *stage_change_days(statistics, policy.lifecycle, by_rhythm=context.model is None),
        *level_change_days(statistics, policy.loyalty),
        *model_days,
    ]
    if context.portfolio is not None and statistics.last_day is not None:
        last = statistics.last_day
        days += [last + bound + 1 for bound in context.portfolio.recency_bounds]
    next_day = min((day for day in days if day > today), default=None)
    instants = [*satisfaction_changes(statistics, policy.satisfaction, measures, as_of)]
    if next_day is not None:
        instants.append(measures.start_of(next_day))
    return min(instants, default=None)


def _model_days(customers: Sequence[tuple[Statistics, int]], context: Context) -> list[list[int]]:
    """Per customer, the days on which the probability of being active has fallen to a level that the policy watches."""
    turning: list[list[int]] = [[] for _ in customers]
    buyers = [index for index, (statistics, _) in enumerate(customers) if len(statistics.purchase_days) > 1]
    if context.model is None or not buyers:
        return turning
    policy, model = context.policy, context.model.purchases
    patterns = patterns_of([customers[index] for index in buyers], policy.money.digits)
    first = np.array([customers[index][0].purchase_days[0].day for index in buyers])
    for level in {policy.lifecycle.active_probability, *policy.telling.probability_reviews}:
        age = bgnbd.weeks_until_probability(model, patterns.x, patterns.t_x, level)
        # Rounded down: a day too early finds nothing changed, a day too late would leave a stale class standing.
        days = first + np.floor(np.minimum(age, _FAR_WEEKS) * 7).astype(np.int64)
        for index, day in zip(buyers, days.tolist(), strict=True):
            turning[index].append(day)
            turning[index].append(day + 1)
    return turning
