"""The score: a pure function of a customer's statistics, under a policy, a model and a portfolio, at an instant."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.scoring.facts.measures import from_microseconds
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.expectation import Intervals, intervals
from services.scoring.portfolio.growth import Peers, group_of, yearly_gap
from services.scoring.portfolio.portfolio import AbcClass, Portfolio
from services.scoring.scores.churn import Churn, judge_churn
from services.scoring.scores.context import Context
from services.scoring.scores.lifecycle import Activity, Stage, judge_activity, judge_stage
from services.scoring.scores.loyalty import Level, judge_level, judge_loyalty, standing_of
from services.scoring.scores.partnership import Partnership, judge_partnership
from services.scoring.scores.potential import Potential, judge_potential
from services.scoring.scores.quadrant import Quadrant, judge_quadrant
from services.scoring.scores.reviewing import next_review, next_watched_days
from services.scoring.scores.satisfaction import Satisfaction, judge_satisfaction
from services.scoring.scores.value import CurrentValue, judge_current, patterns_of, realised_last_year


class Score(Struct, frozen=True):
    """Money in minor units, satisfaction, loyalty and churn in tenths of a point; `last_year` is the realised value of
    the last twelve months. `review_at`: no class changes before this instant unless a fact arrives;
    None: time alone changes nothing."""

    as_of: datetime
    policy_version: int
    model_version: int | None
    portfolio_version: int | None
    realised: int
    last_year: int
    current: CurrentValue
    potential: Potential
    satisfaction: Satisfaction
    loyalty: int
    activity: Activity
    stage: Stage
    level: Level
    abc: AbcClass | None
    quadrant: Quadrant | None
    partnership: Partnership | None
    cost_to_serve: int
    churn: Churn | None
    rfm: tuple[int, int, int] | None
    review_at: datetime | None

    @property
    def lifetime_profit(self) -> int | None:
        """CLP: current value and growth potential together."""
        if self.current.minor is None or self.potential.minor is None:
            return None
        return self.current.minor + self.potential.minor


def score(statistics: Statistics, context: Context, as_of: datetime) -> Score:
    return score_many([(statistics, as_of)], context)[0]


def score_many(
    customers: Sequence[tuple[Statistics, datetime]], context: Context, *, look_ahead: bool = True
) -> list[Score]:
    """Each customer at their own instant, which must not lie before their last fact. Without `look_ahead`, half of the
    work, no `review_at` is sought: for scores that are compared and not kept."""
    day_of = {as_of: context.measures.day(as_of) for as_of in {as_of for _, as_of in customers}}
    dated = [(statistics, day_of[as_of]) for statistics, as_of in customers]
    currents = judge_current(dated, context.model, context.policy)
    watched = next_watched_days(dated, context) if look_ahead else None
    return [
        _score(statistics, context, (as_of, day_of[as_of]), current, None if watched is None else (watched[place],))
        for place, ((statistics, as_of), current) in enumerate(zip(customers, currents, strict=True))
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
    return intervals(context.model.of(statistics.more.profile), x, t_x, T, m, context.policy.lifetime)


def peers_of(statistics: Statistics, context: Context) -> Peers | None:
    """Whom a buyer is measured against."""
    if context.portfolio is None or not statistics.purchase_days:
        return None
    return context.portfolio.year.peers_of(group_of(statistics, context.policy.growth.peer_dimension))


def _abc(statistics: Statistics, portfolio: Portfolio | None) -> AbcClass | None:
    """By realised value; who breaks the rules is not A."""
    if portfolio is None or not statistics.purchase_days:
        return None
    by_value, profile = portfolio.abc(statistics.realised), statistics.more.profile
    return "B" if by_value == "A" and profile is not None and profile.abuse_flags else by_value


Ahead = tuple[int | None] | None
"""The next day that the probability of being active makes interesting; None: do not look ahead."""


def _score(
    statistics: Statistics, context: Context, moment: tuple[datetime, int], current: CurrentValue, ahead: Ahead
) -> Score:
    policy, portfolio, (as_of, today) = context.policy, context.portfolio, moment
    probability = current.probability_active
    satisfaction = judge_satisfaction(statistics, policy.satisfaction, context.measures, as_of)
    activity = judge_activity(statistics, probability, policy.lifecycle, today)
    standing = standing_of(statistics, satisfaction, activity, policy.loyalty)
    stage = judge_stage(statistics, activity, policy.lifecycle)
    peers = peers_of(statistics, context)
    gap = None if peers is None else yearly_gap(statistics, peers, policy.growth, context.measures, today)
    last_year = realised_last_year(statistics, today)
    bought, realised = standing.purchase_days, statistics.realised
    rules = (policy.churn, policy.satisfaction)
    policy_version, model_version, portfolio_version = context.versions
    return Score(
        as_of=as_of,
        policy_version=policy_version,
        model_version=model_version,
        portfolio_version=portfolio_version,
        realised=realised,
        last_year=last_year,
        current=current,
        potential=judge_potential(bought, gap, probability, policy.lifetime),
        satisfaction=satisfaction,
        loyalty=judge_loyalty(statistics, standing, stage, probability, policy.loyalty),
        activity=activity,
        stage=stage,
        level=judge_level(standing, policy.loyalty),
        abc=_abc(statistics, portfolio),
        quadrant=None if portfolio is None else judge_quadrant(last_year, gap, (stage, activity), portfolio.year),
        churn=judge_churn(statistics, activity, probability, rules, context.measures, moment),
        partnership=judge_partnership(statistics, policy.partnership, context.measures, today),
        cost_to_serve=sum(serving.cost for serving in statistics.more.servings),
        rfm=portfolio.rfm(activity.silence_days, bought, realised) if portfolio and bought else None,
        review_at=None if ahead is None else next_review(statistics, context, peers, moment, ahead[0]),
    )
