"""From plans to decisions: each recorded once, with the messages or the suppression that follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.decision import Decision, decide
from services.notification.messages.repository import decisions
from services.notification.rules.book import RuleBook
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.rules.vocabulary import plain_inputs
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


class Decided(NamedTuple):
    """What became of a proposal, by which rule."""

    proposal: Proposal
    rule: Rule
    decision: Decision


async def record_decisions(session: AsyncSession, proposals: Sequence[Proposal], *, desk: Desk) -> None:
    """Decides on each proposal that was never decided on; the rest changes nothing. The customers are locked.

    A plan for a customer whose profile has not come is kept as it is, for `resolve_awaiting`.
    """
    if not proposals:
        return
    now, book = desk.clock.now(), await rules_in_force(session)
    decided = {proposal.decision_id: _decide(proposal, book, desk) for proposal in proposals}
    new = await decisions.insert_decisions(session, [_row(one, desk, now) for one in decided.values()])
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
    now, book = desk.clock.now(), await rules_in_force(session)
    decided = []
    for plan in waiting:
        proposal = Proposal(plan, members[plan.customer_id], max(plan.recorded_at, known_at[plan.customer_id]))
        decided.append(_decide(proposal, book, desk))
    await decisions.update_decisions(session, [_row(one, desk, now) for one in decided])
    await _follow_up(session, decided, desk, now)


def _decide(proposal: Proposal, book: RuleBook, desk: Desk) -> Decided:
    rule = book.find(proposal.plan.rule)
    if rule is None:
        raise LookupError(f"planned by {proposal.plan.rule}, which is no rule")
    decision = decide(
        proposal.plan,
        proposal.member,
        desk.policy,
        rule=rule,
        known_at=proposal.known_at,
        too_late=proposal.too_late,
        channels=desk.channels,
    )
    return Decided(proposal, rule, decision)


async def _follow_up(session: AsyncSession, decided: Iterable[Decided], desk: Desk, now: datetime) -> None:
    messages: list[decisions.NewMessage] = []
    announcements: list[NewEvent] = []
    for one in decided:
        if one.decision.reason is not None:
            announcements.append(events.suppressed(_told(one, desk), at=now, reason=one.decision.reason))
        messages += _messages(one, desk)
    await decisions.insert_messages(session, messages, planned_at=now)
    await desk.outbox.append(session, announcements)


def _messages(one: Decided, desk: Desk) -> list[decisions.NewMessage]:
    plan = one.proposal.plan
    return [
        decisions.NewMessage(
            message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, channel),
            decision_id=one.proposal.decision_id,
            customer_id=plan.customer_id,
            rule=plan.rule,
            occasion=plan.occasion,
            channel=channel.value,
            purpose=one.decision.purpose.value,
            language=_language(one, desk),
            lane=one.rule.document.lane.value,
        )
        for channel in one.decision.sends_on
    ]


def _told(one: Decided, desk: Desk) -> events.Told:
    plan, decision = one.proposal.plan, one.decision
    return events.Told(
        message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, decision.channel),
        customer_id=plan.customer_id,
        rule=plan.rule,
        occasion=plan.occasion,
        channel=decision.channel.value,
        purpose=decision.purpose.value,
        language=_language(one, desk),
        caused_by=plan.caused_by,
        correlation_id=plan.correlation_id,
    )


def _row(one: Decided, desk: Desk, now: datetime) -> decisions.DecisionRow:
    plan, decision, document = one.proposal.plan, one.decision, one.rule.document
    return {
        "decision_id": one.proposal.decision_id,
        "customer_id": plan.customer_id,
        "rule": plan.rule,
        "occasion": plan.occasion,
        "channel": decision.channel.value,
        "purpose": decision.purpose.value,
        "language": _language(one, desk),
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
        "lane": document.lane.value,
        "policy_version": desk.policy.version,
        "rule_version": one.rule.version,
        "template": document.message.template,
        "inputs": plain_inputs(plan.inputs) if decision.outcome is Outcome.AWAITING_PROFILE else None,
        "of_day": plan.of_day,
        "decided_at": now,
    }


def _language(one: Decided, desk: Desk) -> str:
    return desk.templates.language_for(one.proposal.member.language)
