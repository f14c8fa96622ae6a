"""From plans to decisions: each recorded once, with the messages or the suppression that follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.decision import Decision, decide
from services.notification.messages.repository import decisions
from services.notification.values import Member, MessagePlan, Outcome, decision_id_of, message_id_of
from shared.messaging.outbox import NewEvent


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with what is known of its customer; `known_at` and `too_late` as in `decide`."""

    plan: MessagePlan
    member: Member
    known_at: datetime
    too_late: bool = False

    @property
    def decision_id(self) -> UUID:
        return decision_id_of(self.plan.customer_id, self.plan.rule, self.plan.occasion)


async def record_decisions(session: AsyncSession, proposals: Sequence[Proposal], *, desk: Desk) -> None:
    """Decides on each proposal that was never decided on; the rest changes nothing. The customers are locked.

    A plan for a customer whose profile has not come is kept as it is, for `resolve_awaiting`.
    """
    if not proposals:
        return
    now = desk.clock.now()
    decided = {proposal.decision_id: (proposal, _decide(proposal, desk)) for proposal in proposals}
    rows = [_row(proposal, decision, desk, now) for proposal, decision in decided.values()]
    new = await decisions.insert_decisions(session, rows)
    await _follow_up(session, [decided[decision_id] for decision_id in decided if decision_id in new], desk, now)


async def resolve_awaiting(
    session: AsyncSession, members: Mapping[UUID, Member], known_at: Mapping[UUID, datetime], *, desk: Desk
) -> None:
    """Decides on what was waiting for these customers' profiles, which came at `known_at`. The customers are locked.

    Whoever handles the event and whoever handles the profile lock the customer first, so one of them sees the other's
    work: a plan is either decided at once or found waiting here.
    """
    waiting = await decisions.load_awaiting(session, members)
    if not waiting:
        return
    now = desk.clock.now()
    decided = []
    for plan in waiting:
        proposal = Proposal(plan, members[plan.customer_id], max(plan.recorded_at, known_at[plan.customer_id]))
        decided.append((proposal, _decide(proposal, desk)))
    await decisions.update_decisions(session, [_row(proposal, decision, desk, now) for proposal, decision in decided])
    await _follow_up(session, decided, desk, now)


def _decide(proposal: Proposal, desk: Desk) -> Decision:
    return decide(
        proposal.plan,
        proposal.member,
        desk.policy,
        known_at=proposal.known_at,
        too_late=proposal.too_late,
        channels=desk.channels,
    )


async def _follow_up(
    session: AsyncSession, decided: Iterable[tuple[Proposal, Decision]], desk: Desk, now: datetime
) -> None:
    messages: list[decisions.NewMessage] = []
    announcements: list[NewEvent] = []
    for proposal, decision in decided:
        if decision.reason is not None:
            announcements.append(events.suppressed(_told(proposal, decision, desk), at=now, reason=decision.reason))
        messages += _messages(proposal, decision, desk)
    await decisions.insert_messages(session, messages, planned_at=now)
    await desk.outbox.append(session, announcements)


def _messages(proposal: Proposal, decision: Decision, desk: Desk) -> list[decisions.NewMessage]:
    plan = proposal.plan
    return [
        decisions.NewMessage(
            message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, channel),
            decision_id=proposal.decision_id,
            customer_id=plan.customer_id,
            rule=plan.rule.value,
            occasion=plan.occasion,
            channel=channel.value,
            purpose=decision.purpose.value,
            language=_language(proposal, desk),
            lane=plan.lane.value,
        )
        for channel in decision.sends_on
    ]


def _told(proposal: Proposal, decision: Decision, desk: Desk) -> events.Told:
    plan = proposal.plan
    return events.Told(
        message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, decision.channel),
        customer_id=plan.customer_id,
        rule=plan.rule.value,
        occasion=plan.occasion,
        channel=decision.channel.value,
        purpose=decision.purpose.value,
        language=_language(proposal, desk),
        caused_by=plan.caused_by,
        correlation_id=plan.correlation_id,
    )


def _row(proposal: Proposal, decision: Decision, desk: Desk, now: datetime) -> decisions.DecisionRow:
    plan = proposal.plan
    return {
        "decision_id": proposal.decision_id,
        "customer_id": plan.customer_id,
        "rule": plan.rule.value,
        "occasion": plan.occasion,
        "channel": decision.channel.value,
        "purpose": decision.purpose.value,
        "language": _language(proposal, desk),
        "outcome": decision.outcome.value,
        "reason": decision.reason.value if decision.reason else None,
        "considered": [
            {"channel": verdict.channel, "chosen": verdict.chosen, "reason": verdict.reason}
            for verdict in decision.considered
        ],
        # What will not be sent needs no words kept for it.
        "facts": {} if decision.outcome is Outcome.SUPPRESSED else dict(plan.facts),
        "happened_at": plan.happened_at,
        "recorded_at": plan.recorded_at,
        "caused_by": plan.caused_by,
        "correlation_id": plan.correlation_id,
        "lane": plan.lane.value,
        "policy_version": desk.policy.version,
        "decided_at": now,
    }


def _language(proposal: Proposal, desk: Desk) -> str:
    return desk.templates.language_for(proposal.member.language)
