"""Reads of scores: what they are computed under, what was told, and how far rescoring is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import ARRAY, Uuid, any_, literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import and_, col, func, or_, select

from services.scoring.facts import queries as facts
from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Fact
from services.scoring.facts.measures import Measures, from_microseconds
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from services.scoring.lifetime import queries as models
from services.scoring.lifetime.expectation import LifetimeModel
from services.scoring.policies.policy import Policy
from services.scoring.policies.queries import Policies
from services.scoring.portfolio import queries as portfolios
from services.scoring.portfolio.portfolio import Portfolio
from services.scoring.profiles import queries as profiles
from services.scoring.scores.context import Context
from services.scoring.scores.explanation import Scored
from services.scoring.scores.models import Rescoring, Review, ToldScore
from services.scoring.scores.score import effective_instant, score
from shared.errors import InvalidInput, NotFound
from shared.instants import write_instant

_EARLIEST: Final = from_microseconds(0)
"""The platform takes no interaction from before; and the calendar has an end on that side."""

Order = Literal["current_value", "realised_value", "lifetime_profit", "growth_potential", "churn_risk"]


class Worth(NamedTuple):
    """What a customer was last told to be worth, in minor units of the reporting currency."""

    customer_id: UUID
    abc_class: str | None
    realised_value: int
    current_value: int | None


class Contexts:
    """What scores are computed under; policies, models and portfolios never change, so each is read once per
    process."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._measures: dict[int, tuple[Policy, Measures]] = {}
        self._models: dict[int, LifetimeModel] = {}
        self._portfolios: dict[int, Portfolio] = {}

    async def load(self, session: AsyncSession, at: datetime | None = None) -> Context:
        """With the policy, model and portfolio in force, now or at an earlier instant.

        Whoever is going to tell scores calls it after locking the customers' rows: rescoring under something newer then
        either comes later for these customers, or what is newer is seen here.
        """
        chosen = await self.policies.in_force(session, at)
        model_version = await models.find_version(session, at)
        portfolio_version = await portfolios.find_version(session, at)
        return Context(
            chosen,
            self.measures(chosen),
            None if model_version is None else await self._model(session, model_version),
            None if portfolio_version is None else await self._portfolio(session, portfolio_version),
            portfolio_version,
        )

    async def compose(
        self, session: AsyncSession, policy: Policy, model_version: int | None, portfolio_version: int | None
    ) -> Context:
        """Under any policy, even a draft, with a model and a portfolio of these versions."""
        return Context(
            policy,
            Measures(policy),
            None if model_version is None else await self._model(session, model_version),
            None if portfolio_version is None else await self._portfolio(session, portfolio_version),
            portfolio_version,
        )

    def measures(self, policy: Policy) -> Measures:
        known = self._measures.get(policy.version)
        if known is None or known[0] is not policy:
            known = self._measures[policy.version] = (policy, Measures(policy))
        return known[1]

    async def _model(self, session: AsyncSession, version: int) -> LifetimeModel:
        if version not in self._models:
            self._models[version] = await models.read_model(session, version)
        return self._models[version]

    async def _portfolio(self, session: AsyncSession, version: int) -> Portfolio:
        if version not in self._portfolios:
            self._portfolios[version] = await portfolios.read_portfolio(session, version)
        return self._portfolios[version]


async def _contexts_of(request: Request) -> Contexts:
    contexts: Contexts = request.app.state.contexts
    return contexts


ContextsDep = Annotated[Contexts, Depends(_contexts_of)]


async def score_customer(
    session: AsyncSession,
    customer_id: UUID,
    *,
    contexts: Contexts,
    now: datetime,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    with_facts: bool = False,
) -> Scored:
    """The score now, or as it would have been told at an earlier instant had all facts arrived in time; with `known_at`
    (by the wall clock) from what had been taken in by that instant alone, under what was in force by then.

    Raises NotFound for a customer nobody has told of, and InvalidInput for an instant that has no score.
    """
    if as_of is not None and as_of > now:
        raise InvalidInput(
            f"the present is {write_instant(now)}; a score of the future cannot be known",
            code="as_of_in_future",
            field="as_of",
        )
    if as_of is not None and as_of < _EARLIEST:
        raise InvalidInput("no interaction is older than 1970", code="as_of_before_first_fact", field="as_of")
    context = await contexts.load(session, min((at for at in (as_of, known_at) if at is not None), default=None))
    moment = _Moment(as_of, known_at)
    statistics, found = await _statistics(session, customer_id, context, moment, with_facts=with_facts)
    instant = effective_instant(statistics, now) if as_of is None else as_of
    return Scored(customer_id, statistics, context, score(statistics, context, instant), found)


class _Moment(NamedTuple):
    """Which facts count: by when they had occurred, and by when they had been taken in; None: all of them."""

    as_of: datetime | None
    known_at: datetime | None


async def _statistics(
    session: AsyncSession, customer_id: UUID, context: Context, moment: _Moment, *, with_facts: bool
) -> tuple[Statistics, Sequence[Fact] | None]:
    as_of, known_at = moment
    present = await facts.find_statistics(session, customer_id)
    if present is None and not await facts.is_known(session, customer_id):
        raise NotFound(
            "no customer with this id is known; POST /v1/customers of the customer service registers one",
            code="customer_unknown",
            customer_id=str(customer_id),
        )
    if present is None:
        return EMPTY, () if with_facts else None
    if as_of is not None and as_of < from_microseconds(present.first_at):
        first = write_instant(from_microseconds(present.first_at))
        raise InvalidInput(
            f"nothing is known of this customer before {first}; ask for that instant or a later one",
            code="as_of_before_first_fact",
            field="as_of",
            first_fact_at=first,
        )
    if as_of is None and known_at is None and not with_facts:
        return present, None
    until = await facts.list_facts(session, customer_id, until=as_of, known_at=known_at)
    if known_at is not None and not until:
        raise InvalidInput(
            f"nothing was known of this customer at {write_instant(known_at)}; ask for a later instant",
            code="known_at_before_first_fact",
            field="known_at",
        )
    profile = present.more.profile
    if as_of is not None or known_at is not None:
        profile = await profiles.find_profile(session, customer_id, at=as_of, known_at=known_at)
    before = Statistics(more=Circumstances(profile=profile))
    return fold(before, until, context.measures), until if with_facts else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers to list: those in the class of each that is named, and at least so likely to be lost, in tenths
    of a point."""

    loyalty_level: str | None = None
    lifecycle_stage: str | None = None
    abc_class: str | None = None
    quadrant: str | None = None
    least_churn_risk: int | None = None


async def list_told(
    session: AsyncSession, *, order: Order, limit: int, after: tuple[int, UUID] | None, wanted: Wanted
) -> list[ToldScore]:
    """Scores as last told, the highest value first; `after` is the (value, customer) of the last one seen."""
    value, customer_id = col(getattr(ToldScore, order)), col(ToldScore.customer_id)
    rows = select(ToldScore).where(value.is_not(None)).order_by(value.desc(), customer_id).limit(limit)
    for name in ("loyalty_level", "lifecycle_stage", "abc_class", "quadrant"):
        if (named := getattr(wanted, name)) is not None:
            rows = rows.where(col(getattr(ToldScore, name)) == named)
    if wanted.least_churn_risk is not None:
        rows = rows.where(col(ToldScore.churn_risk) >= wanted.least_churn_risk)
    if after is not None:
        last, last_id = after
        rows = rows.where(value <= last, or_(value < last, and_(value == last, customer_id > last_id)))
    return list(await session.scalars(rows))


async def list_worth(
    session: AsyncSession, customer_ids: Sequence[UUID] | None = None, *, limit: int
) -> Sequence[Worth]:
    """Of these customers, or (None) of all who have an ABC class, at most `limit`. Nobody who was never told of."""
    rows = select(ToldScore.customer_id, ToldScore.abc_class, ToldScore.realised_value, ToldScore.current_value)
    if customer_ids is None:
        rows = rows.where(col(ToldScore.abc_class).is_not(None))
    else:
        rows = rows.where(col(ToldScore.customer_id) == any_(literal(list(customer_ids), ARRAY(Uuid))))
    return [Worth(*row) for row in await session.execute(rows.limit(limit))]


async def find_rescoring(session: AsyncSession) -> Rescoring | None:
    return await session.get(Rescoring, True)


async def is_rescoring_done(session: AsyncSession, contexts: Contexts) -> bool:
    """Whether everybody has been scored under the newest policy, model and portfolio."""
    progress = await find_rescoring(session)
    return progress is not None and is_done(progress, await contexts.load(session))


def is_done(progress: Rescoring, context: Context) -> bool:
    versions = (progress.policy_version, progress.model_version, progress.portfolio_version)
    return progress.finished_at is not None and versions == context.versions


async def count_due_reviews(session: AsyncSession, now: datetime) -> int:
    due = select(func.count()).select_from(Review).where(col(Review.due_at) <= now)
    return await session.scalar(due) or 0
