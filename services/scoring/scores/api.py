"""Routes of scores."""

import math
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response

from services.scoring.facts import queries as facts
from services.scoring.permissions import Reader
from services.scoring.policies.queries import PolicyDep
from services.scoring.scores import queries
from services.scoring.scores.queries import ContextsDep, Order, Wanted
from services.scoring.scores.schemas.shapes import ScoreRead, StatusRead, ToldScoreRead
from services.scoring.scores.schemas.showing import show_score, show_status, show_told
from services.scoring.scores.sentences import Language, choose_language
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel, Quadrant
from shared.service import ClockDep
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1", tags=["scores"])


@router.get("/customers/{customer_id}/score")
async def get_score(
    session: SessionDep,
    contexts: ContextsDep,
    clock: ClockDep,
    response: Response,
    customer_id: UUID,
    _: Reader,
    as_of: Annotated[
        WrittenInstant | None, Query(description="an instant since the first fact; now, if left out")
    ] = None,
    known_at: Annotated[
        WrittenInstant | None,
        Query(description="only from facts that had been taken in by then, by the wall clock; all, if left out"),
    ] = None,
    explain: Annotated[bool, Query(description="name the events behind each reason")] = False,
    language: Annotated[Language | None, Query(description="of the sentences; wins over Accept-Language")] = None,
    accept_language: Annotated[str | None, Header(max_length=200)] = None,
) -> ScoreRead:
    """What a customer is worth and how loyal they are, and why: the reasons of each figure add up to it."""
    scored = await queries.score_customer(
        session, customer_id, contexts=contexts, now=clock.now(), as_of=as_of, known_at=known_at, with_facts=explain
    )
    chosen = language or choose_language(accept_language)
    response.headers["Content-Language"] = chosen
    response.headers["Vary"] = "Accept-Language"
    return show_score(scored, chosen)


@router.get("/scores")
async def list_scores(
    session: SessionDep,
    policy: PolicyDep,
    page: PageDep,
    _: Reader,
    order: Annotated[Order, Query(description="the highest first")] = "current_value",
    loyalty_level: Annotated[LoyaltyLevel | None, Query(description="only those on this level")] = None,
    lifecycle_stage: Annotated[LifecycleStage | None, Query(description="only those in this stage")] = None,
    abc_class: Annotated[AbcClass | None, Query(description="only those of this class")] = None,
    quadrant: Annotated[Quadrant | None, Query(description="only those of this quadrant")] = None,
    churn_risk_from: Annotated[
        float | None, Query(ge=0, le=100, description="only those at least so likely to be lost")
    ] = None,
) -> Page[ToldScoreRead]:
    """Customers by value, as last told; those without the value are left out. Names are with the customer service."""
    least = None if churn_risk_from is None else math.ceil(10 * churn_risk_from)
    wanted = Wanted(loyalty_level, lifecycle_stage, abc_class, quadrant, least)
    after = None if page.cursor is None else decode_cursor(page.cursor, int, UUID)
    rows = await queries.list_told(session, order=order, limit=page.limit + 1, after=after, wanted=wanted)
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    cursor = encode_cursor(getattr(shown[-1], order), shown[-1].customer_id) if more else None
    return Page(items=[show_told(row, policy.money.currency) for row in shown], next_cursor=cursor)


@router.get("/status")
async def get_status(session: SessionDep, contexts: ContextsDep, clock: ClockDep, _: Reader) -> StatusRead:
    """How much has been taken in, and whether scoring has caught up with it."""
    rescoring = await queries.find_rescoring(session)
    return show_status(
        await facts.read_progress(session),
        await queries.count_due_reviews(session, clock.now()),
        rescoring,
        rescored=rescoring is not None and queries.is_done(rescoring, await contexts.load(session)),
    )
