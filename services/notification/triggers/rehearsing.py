"""What a rule would have done because of one event or occasion of a time past, by what is known today. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.local_days import end_of_local_day, local_date, zone_of
from services.notification.messages.decision import Decision, Situation, decide
from services.notification.messages.manners import Recent
from services.notification.messages.proposal import Proposal
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.kinds import EVENTS, shown_of
from services.notification.rules.vocabulary import facts_for, inputs_from
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Reason
from shared.conditions.condition import holds
from shared.contracts.common import Channel

_MOST_WAITS = 4
"""A wait may end in quiet hours, and those in others; after so many what still waits is counted as waiting."""


class Counted(NamedTuple):
    day: date
    channel: Channel | None
    outcome: Outcome
    reason: Reason | None


@dataclass(slots=True)
class Rehearsal:
    """Goes through plans, those of each customer in their order; `counts`, `reached` (messages or tasks by customer)
    and `concerned` grow with each.
    """

    rule: Rule
    policy: CarePolicy
    channels: Collection[Channel]
    counts: Counter[Counted] = field(default_factory=Counter)
    reached: Counter[UUID] = field(default_factory=Counter)
    concerned: set[UUID] = field(default_factory=set)
    triggered: int = 0
    _recent: defaultdict[UUID, list[Recent]] = field(default_factory=lambda: defaultdict(list))

    def play(self, plan: MessagePlan, member: Member) -> None:
        """One plan by the rule. What the condition does not hold for is not triggered at all."""
        is_meant = member.state is MemberState.KNOWN and not self._joined_after(plan, member)
        if not is_meant or not holds(self.rule.condition, facts_for(plan.inputs, member), plan.recorded_at):
            return
        self.triggered += 1
        self.concerned.add(member.customer_id)
        decision, at = self._decide(plan, member)
        day = local_date(at, self._zone(member))
        self.counts[Counted(day, decision.channel, decision.outcome, decision.reason)] += 1
        if decision.outcome is Outcome.PLANNED:
            self.reached[member.customer_id] += 1
            self._recent[member.customer_id].append(self._as_recent(plan, member, decision, at))

    def _decide(self, plan: MessagePlan, member: Member) -> tuple[Decision, datetime]:
        at, recent = plan.recorded_at, self._recent[member.customer_id]
        for _ in range(_MOST_WAITS):
            decision = decide(plan, member, self.rule, self._situation(plan, at, recent))
            if decision.outcome is not Outcome.WAITING or decision.due_at is None:
                break
            at = decision.due_at
        return decision, at

    def _situation(self, plan: MessagePlan, at: datetime, recent: list[Recent]) -> Situation:
        return Situation(
            policy=self.policy, known_at=plan.recorded_at, now=at, channels=self.channels, recent=tuple(recent)
        )

    def _joined_after(self, plan: MessagePlan, member: Member) -> bool:
        """Whether the customer joined after the day was over; what was bought may well be older than that."""
        joined_at = member.traits.get("registered_at")
        if not plan.of_day or not isinstance(joined_at, datetime):
            return False
        return joined_at >= end_of_local_day(plan.happened_at, self._zone(member))

    def _zone(self, member: Member) -> ZoneInfo:
        return zone_of(member.time_zone, default=self.policy.default_time_zone)

    def _as_recent(self, plan: MessagePlan, member: Member, decision: Decision, at: datetime) -> Recent:
        return Recent(
            decision_id=Proposal(plan, member, at).decision_id,
            rule=self.rule.name,
            about=self.rule.about,
            purpose=decision.purpose,
            at=at,
            channels=decision.sends_on,
            merges=self.rule.document.merges,
            priority=self.rule.document.priority,
        )


def plan_of_trigger(rule: Rule, event: Any) -> MessagePlan:
    """Because of an event as the history keeps it."""
    inputs = inputs_from(event.told)
    return MessagePlan(
        customer_id=event.customer_id,
        rule=rule.name,
        occasion=event.event_id,
        happened_at=event.occurred_at,
        recorded_at=event.recorded_at,
        facts=shown_of(EVENTS[event.kind], inputs),
        inputs=inputs,
    )
