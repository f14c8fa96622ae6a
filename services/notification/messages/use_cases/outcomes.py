"""What follows from decisions: their records, the messages to be sent, the tasks, and the news of what is not sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.decision import Decision
from services.notification.messages.proposal import Proposal
from services.notification.messages.repository import decisions
from services.notification.messages.use_cases.cancelling import displace_decisions
from services.notification.rules.document import Rule
from services.notification.rules.vocabulary import plain_inputs
from services.notification.tasks.task import NewTask
from services.notification.tasks.use_cases import give_tasks
from services.notification.values import Outcome, message_id_of
from shared.contracts.common import Channel
from shared.messaging.outbox import NewEvent


class Decided(NamedTuple):
    """What became of a proposal, by which rule."""

    proposal: Proposal
    rule: Rule
    decision: Decision


async def follow_up(session: AsyncSession, decided: Iterable[Decided], desk: Desk, now: datetime) -> None:
    """Queues what is to be sent, gives out tasks, tells what is not sent, and takes back what gives way. The customers
    are locked.
    """
    decided = list(decided)
    messages: list[decisions.NewMessage] = []
    announcements: list[NewEvent] = []
    displaced = {}
    for one in decided:
        if one.decision.reason is not None and one.decision.channel is not None:
            told = _told(one, one.decision.channel, desk)
            announcements.append(events.suppressed(told, at=now, reason=one.decision.reason))
        messages += _messages(one, desk)
        displaced.update(dict.fromkeys(one.decision.displaces, one.proposal.plan))
    await displace_decisions(session, displaced, desk=desk)
    await decisions.insert_messages(session, messages, planned_at=now)
    await give_tasks(session, [task for one in decided if (task := _task(one)) is not None], desk=desk)
    await desk.outbox.append(session, announcements)


def row_of(one: Decided, desk: Desk, now: datetime) -> decisions.DecisionRow:
    plan, decision, document = one.proposal.plan, one.decision, one.rule.document
    is_open = decision.outcome in (Outcome.AWAITING_PROFILE, Outcome.WAITING)
    return {
        "decision_id": one.proposal.decision_id,
        "customer_id": plan.customer_id,
        "rule": plan.rule,
        "occasion": plan.occasion,
        "channel": decision.channel.value if decision.channel else None,
        "purpose": decision.purpose.value if decision.purpose else None,
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
        "lane": document.goes_by.value,
        "policy_version": desk.policy.version,
        "rule_version": one.rule.version,
        "template": document.template,
        "inputs": plain_inputs(plan.inputs) if is_open else None,
        "subject": plan.subject if is_open else None,
        "of_day": plan.of_day,
        "about": one.rule.about,
        "merges": document.merges,
        "priority": document.priority,
        "due_at": decision.due_at,
        "detail": dict(decision.detail) or None,
        "known_at": one.proposal.known_at,
        "decided_at": now,
    }


def _messages(one: Decided, desk: Desk) -> list[decisions.NewMessage]:
    plan, purpose = one.proposal.plan, one.decision.purpose
    if purpose is None:
        return []
    return [
        decisions.NewMessage(
            message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, channel),
            decision_id=one.proposal.decision_id,
            customer_id=plan.customer_id,
            rule=plan.rule,
            occasion=plan.occasion,
            channel=channel.value,
            purpose=purpose.value,
            language=_language(one, desk),
            lane=one.rule.document.goes_by.value,
        )
        for channel in one.decision.sends_on
    ]


def _task(one: Decided) -> NewTask | None:
    action, given = one.rule.document.task, one.decision.given
    if action is None or given is None:
        return None
    return NewTask(one.proposal.decision_id, one.proposal.plan, one.proposal.member, one.rule, action, given)


def _told(one: Decided, channel: Channel, desk: Desk) -> events.Told:
    plan, purpose = one.proposal.plan, one.decision.purpose
    return events.Told(
        message_id=message_id_of(plan.customer_id, plan.rule, plan.occasion, channel),
        customer_id=plan.customer_id,
        rule=plan.rule,
        occasion=plan.occasion,
        channel=channel.value,
        purpose=purpose.value if purpose else "",
        language=_language(one, desk),
        caused_by=plan.caused_by,
        correlation_id=plan.correlation_id,
    )


def _language(one: Decided, desk: Desk) -> str:
    return desk.templates.language_for(one.proposal.member.language)
