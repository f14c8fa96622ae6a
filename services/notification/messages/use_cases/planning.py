"""From plans to decisions: each recorded once, with the messages or the suppression that follow from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.desk import Desk
from services.notification.messages.decision import Situation, decide
from services.notification.messages.manners import Recent
from services.notification.messages.proposal import Proposal
from services.notification.messages.repository import decisions, waiting
from services.notification.messages.use_cases.outcomes import Decided, follow_up, row_of
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.values import Member, Outcome

__all__ = ["Proposal", "plan_waiting", "record_decisions", "resolve_awaiting"]

_A_DAY_SURELY = timedelta(days=2)
"""A local day has begun since, in whatever zone."""


async def record_decisions(session: AsyncSession, proposals: Sequence[Proposal], *, desk: Desk) -> None:
    """Decides on each proposal that was never decided on; the rest changes nothing. The customers are locked.

    A plan for a customer whose profile has not come is kept as it is, for `resolve_awaiting`; one whose time has not
    come, for `plan_waiting`.
    """
    if not proposals:
        return
    now = desk.clock.now()
    decided = await _decide_all(session, proposals, desk, now)
    if not decided:
        return
    new = await decisions.insert_decisions(session, [row_of(one, desk, now) for one in decided.values()])
    await follow_up(session, [decided[decision_id] for decision_id in decided if decision_id in new], desk, now)


async def resolve_awaiting(
    session: AsyncSession, members: Mapping[UUID, Member], known_at: Mapping[UUID, datetime], *, desk: Desk
) -> None:
    """Decides on what was waiting for these customers' profiles, which came at `known_at`. The customers are locked.

    Whoever handles the event and whoever handles the profile lock the customer first, so one of them sees the other's
    work: a plan is either decided at once or found waiting here.
    """
    plans = await decisions.load_awaiting(session, members)
    proposals = [
        Proposal(plan, members[plan.customer_id], max(plan.recorded_at, known_at[plan.customer_id])) for plan in plans
    ]
    await _decide_again(session, proposals, desk)


async def plan_waiting(session: AsyncSession, *, limit: int, desk: Desk) -> int:
    """Decides anew on up to `limit` plans whose time has come, longest first; 0 means that none is due any more.

    Of workers that run this at once one waits for the other at the customers' locks, and then finds nothing left.
    """
    now = desk.clock.now()
    customer_ids = await waiting.find_due_customers(session, now=now, limit=limit)
    if customer_ids:
        members = await lock_members(session, customer_ids, policy=desk.policy)
        due = await waiting.load_due(session, customer_ids, now=now)
        await _decide_again(session, [Proposal(plan, members[plan.customer_id], at) for plan, at in due], desk)
    return len(customer_ids)


async def _decide_again(session: AsyncSession, proposals: Sequence[Proposal], desk: Desk) -> None:
    if not proposals:
        return
    now = desk.clock.now()
    decided = await _decide_all(session, proposals, desk, now)
    await decisions.update_decisions(session, [row_of(one, desk, now) for one in decided.values()])
    await follow_up(session, decided.values(), desk, now)


async def _decide_all(
    session: AsyncSession, proposals: Iterable[Proposal], desk: Desk, now: datetime
) -> dict[UUID, Decided]:
    """Decisions by id, those of high priority first: what gives way to another must find it decided.

    A rule that never was in force asks for nothing.
    """
    book = await rules_in_force(session)
    ruled = [(proposal, rule) for proposal in proposals if (rule := book.find(proposal.plan.rule)) is not None]
    ruled.sort(key=lambda each: -each[1].document.priority)
    recent = await _recent_of(session, ruled, desk.policy, now)
    for proposal, _ in ruled:
        _forget_waiting(recent[proposal.member.customer_id], proposal.decision_id)
    decided: dict[UUID, Decided] = {}
    for proposal, rule in ruled:
        others = recent[proposal.member.customer_id]
        decision = decide(
            proposal.plan,
            proposal.member,
            rule,
            Situation(
                policy=desk.policy,
                known_at=proposal.known_at,
                now=now,
                too_late=proposal.too_late,
                channels=desk.channels,
                recent=list(others.values()),
            ),
        )
        one = Decided(proposal, rule, decision)
        decided[proposal.decision_id] = one
        if decision.outcome in (Outcome.PLANNED, Outcome.WAITING):
            others[proposal.decision_id] = _as_recent(one, now)
    return decided


def _forget_waiting(others: dict[UUID, Recent], decision_id: UUID) -> None:
    """What is decided on anew here stands in nobody's way until it is: two that wait must not silence each other."""
    if decision_id in others and others[decision_id].is_waiting:
        del others[decision_id]


async def _recent_of(
    session: AsyncSession, ruled: Sequence[tuple[Proposal, Rule]], policy: CarePolicy, now: datetime
) -> defaultdict[UUID, dict[UUID, Recent]]:
    """What else was decided for these customers, as far back as the rules and caps look; often that is nowhere."""
    spans: dict[UUID, timedelta] = {}
    for proposal, rule in ruled:
        document, customer_id = rule.document, proposal.member.customer_id
        looks = [cap.within for cap in policy.caps if cap.purpose is document.purpose]
        looks += [_A_DAY_SURELY] if document.merges else []
        looks += [document.not_again_within] if document.not_again_within is not None else []
        if looks:
            spans[customer_id] = max(*looks, spans.get(customer_id, timedelta()))
    recent: defaultdict[UUID, dict[UUID, Recent]] = defaultdict(dict)
    if spans:
        found = await waiting.load_recent(session, spans, since=now - max(spans.values()))
        for customer_id, one in found:
            recent[customer_id][one.decision_id] = one
    return recent


def _as_recent(one: Decided, now: datetime) -> Recent:
    decision, document = one.decision, one.rule.document
    return Recent(
        decision_id=one.proposal.decision_id,
        rule=one.rule.name,
        about=one.rule.about,
        purpose=decision.purpose,
        at=decision.due_at or now,
        channels=decision.sends_on,
        merges=document.merges,
        priority=document.priority,
        is_waiting=decision.outcome is Outcome.WAITING,
    )
