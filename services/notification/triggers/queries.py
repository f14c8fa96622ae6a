"""Trying a rule on the history of triggers, or on the calendar: nothing is sent, kept or locked."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.queries import count_known_customers, count_matching, load_known
from services.notification.desk import Desk
from services.notification.history.queries import count_triggered_customers, count_triggers, read_triggers
from services.notification.occasions.queries.happened import occasions_between
from services.notification.rules.document import Rule, RuleDocument
from services.notification.rules.queries import find_draft, rules_in_force
from services.notification.rules.vocabulary import about_customers
from services.notification.triggers.rehearsing import Rehearsal, plan_of_trigger
from services.notification.triggers.schemas import DryRunCount, DryRunCustomer, DryRunRead, DryRunRequest
from services.notification.values import MessagePlan
from shared.errors import Conflict, InvalidInput, NotFound

MOST_EVENTS = 50_000
_REACH = timedelta(days=30)
_INSTANT = timedelta(microseconds=1)


async def rehearse(
    session: AsyncSession, rule: Rule, *, start: datetime, end: datetime, desk: Desk
) -> tuple[Rehearsal, int]:
    """What `rule` would have done, and how many events or occasions there were.

    Raises InvalidInput for more of them than can be gone through.
    """
    rehearsal, gone_through = Rehearsal(rule, desk.policy, desk.channels), 0
    number, portions = await _happened(session, rule, start, end, desk)
    async for plans in portions:
        gone_through += len(plans)
        _demand_few_plans(gone_through)
        members = await load_known(session, {plan.customer_id for plan in plans}, policy=desk.policy)
        for plan in plans:
            if plan.customer_id in members:
                rehearsal.play(plan, members[plan.customer_id])
    return rehearsal, number


async def _happened(
    session: AsyncSession, rule: Rule, start: datetime, end: datetime, desk: Desk
) -> tuple[int, AsyncIterator[Sequence[MessagePlan]]]:
    kind = rule.document.on.event
    if kind is None:
        found = await occasions_between(session, rule, start=start, end=end, most=MOST_EVENTS, policy=desk.policy)
        return found.number, found.plans
    events = await count_triggers(session, kind, start=start, end=end)
    _demand_few_plans(events)
    return events, _plans_of_events(session, rule, kind, start, end)


async def _plans_of_events(
    session: AsyncSession, rule: Rule, kind: str, start: datetime, end: datetime
) -> AsyncIterator[Sequence[MessagePlan]]:
    async for rows in read_triggers(session, kind, start=start, end=end):
        yield [plan_of_trigger(rule, row) for row in rows]


def _demand_few_plans(number: int) -> None:
    if number > MOST_EVENTS:
        raise InvalidInput(
            f"there are {number} events or more in that time; at most {MOST_EVENTS} are gone through at once: take "
            "less time",
            code="dry_run_too_wide",
            field="to",
            events=number,
        )


async def dry_run(session: AsyncSession, name: str, wanted: DryRunRequest, *, desk: Desk) -> DryRunRead:
    """Raises NotFound for a rule that was never written."""
    rule = await _rule_to_try(session, name, wanted.document)
    rehearsal, events = await rehearse(session, rule, start=wanted.start, end=wanted.end, desk=desk)
    known = await count_known_customers(session)
    reached = sorted(one for one in rehearsal.reached if wanted.after is None or one > wanted.after)
    shown = reached[: wanted.limit]
    return DryRunRead(
        events=events,
        triggered=rehearsal.triggered,
        sent=rehearsal.reached.total(),
        customers=len(rehearsal.reached),
        share=len(rehearsal.reached) / known if known else None,
        counts=[
            DryRunCount(**counted._asdict(), messages=number)
            for counted, number in sorted(rehearsal.counts.items(), key=lambda each: tuple(map(str, each[0])))
        ],
        sample=[DryRunCustomer(customer_id=one, messages=rehearsal.reached[one]) for one in shown],
        next_after=shown[-1] if len(reached) > len(shown) else None,
    )


async def _rule_to_try(session: AsyncSession, name: str, document: RuleDocument | None) -> Rule:
    if document is not None:
        return Rule(name, 0, document)
    draft = await find_draft(session, name)
    rule = draft or (await rules_in_force(session)).find(name)
    if rule is None:
        raise NotFound(f"there is no rule {name}; GET /v1/rules lists those there are", code="rule_unknown")
    return Rule(name, rule.version, rule.document)  # also one that was retired is tried as if it were in force


async def count_reach(session: AsyncSession, name: str, *, desk: Desk) -> float:
    """The share of the known customers that the draft reaches, 0 without a draft or without customers.

    Of a rule on events those for whom it would have been triggered within the last 30 days; of one on days those whom
    its condition admits, on whatever day.
    """
    draft, known = await find_draft(session, name), await count_known_customers(session)
    if draft is None or not known:
        return 0.0
    now, kind = desk.clock.now(), draft.document.on.event
    if kind is None:
        return await count_matching(session, about_customers(draft.condition), at=now) / known
    start, end = now - _REACH, now + _INSTANT
    if await count_triggers(session, kind, start=start, end=end) > MOST_EVENTS:
        return await count_triggered_customers(session, kind, start=start, end=end) / known
    rehearsal, _ = await rehearse(session, draft, start=start, end=end, desk=desk)
    return len(rehearsal.concerned) / known


def demand_few(share: float, desk: Desk) -> None:
    """Raises Conflict for a share of the customers that nobody should write to by mistake."""
    if share > desk.confirm_share:
        raise Conflict(
            f"the rule reaches {share:.0%} of the customers, more than {desk.confirm_share:.0%}: see by a dry run "
            'whom, and activate it with "confirm": true',
            code="rule_reaches_many",
            share=round(share, 4),
            limit=desk.confirm_share,
        )
