"""A plan together with what is known of its customer. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.values import Member, MessagePlan, decision_id_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """`known_at` and `too_late` are what a `Situation` says of them."""

    plan: MessagePlan
    member: Member
    known_at: datetime
    too_late: bool = False

    @property
    def decision_id(self) -> UUID:
        return decision_id_of(self.plan.customer_id, self.plan.rule, self.plan.occasion)
