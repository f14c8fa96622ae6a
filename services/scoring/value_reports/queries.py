"""What a value report is made of, read as of the end of its quarter."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.measures import Measures, to_day
from services.scoring.insight.periods import Period
from services.scoring.scores import queries as scores
from services.scoring.scores.explanation import Scored
from services.scoring.scores.queries import Contexts
from services.scoring.scores.schemas.showing import show_score
from services.scoring.scores.sentences import Language
from services.scoring.value_reports.quarters import Standing, lasting, periods_until, quarter_of_facts
from services.scoring.value_reports.schemas import Material
from shared.errors import InvalidInput

_INSTANT: Final = timedelta(microseconds=1)


async def read_material(
    session: AsyncSession,
    customer_id: UUID,
    period: Period,
    *,
    contexts: Contexts,
    now: datetime,
    language: Language,
    title: str | None,
) -> Material:
    """Scores are those of the end of each quarter, or of now in the one that is running. Raises NotFound for a customer
    nobody has told of, and InvalidInput for a quarter without a score."""
    present = await contexts.load(session)
    measures = present.measures
    if measures.start_of(to_day(period.first)) > now:
        raise InvalidInput(
            "the quarter has not begun yet; name one that has", code="quarter_in_future", field="quarter"
        )
    as_of = min(_end(period, measures), now)
    scored = await _score_with_facts(session, customer_id, contexts, now, as_of)
    history = lasting(scored.facts or ())
    quarters = []
    for one in periods_until(period, history, measures):
        at = min(_end(one, measures), now)
        begun = bool(history) and history[0].occurred_at <= at
        then = None
        if begun:
            then = (
                scored
                if at == as_of
                else await scores.score_customer(session, customer_id, contexts=contexts, now=now, as_of=at)
            )
        quarters.append(quarter_of_facts(one, history, measures, _standing(then)))
    return Material(
        title=title,
        score=show_score(scored, language),
        as_of=measures.date(measures.day(as_of)),
        quarters=quarters,
        measures=measures,
        money=present.policy.money,
        language=language,
    )


async def _score_with_facts(
    session: AsyncSession, customer_id: UUID, contexts: Contexts, now: datetime, as_of: datetime
) -> Scored:
    """Where there is none yet, refuses the quarter that was asked for, not an instant that nobody named."""
    try:
        return await scores.score_customer(
            session, customer_id, contexts=contexts, now=now, as_of=as_of, with_facts=True
        )
    except InvalidInput as error:
        first = error.context.get("first_fact_at")
        if first is None:
            raise
        raise InvalidInput(
            f"nothing is known of this customer before {first}; name the quarter of that day or a later one",
            code="quarter_before_first_fact",
            field="quarter",
            first_fact_at=first,
        ) from error


def _standing(scored: Scored | None) -> Standing:
    if scored is None or not scored.statistics.facts:
        return Standing()
    score = scored.score
    return Standing(
        satisfaction=score.satisfaction.tenths / 10,
        loyalty=score.loyalty / 10,
        churn_risk=None if score.churn is None else score.churn.tenths / 10,
    )


def _end(period: Period, measures: Measures) -> datetime:
    """The last instant of its last local day."""
    return measures.start_of(to_day(period.following)) - _INSTANT
