"""What a rule says of one reminder of an occasion, or of one greeting. Pure."""

from datetime import datetime
from uuid import UUID

from services.notification.occasions.basis import Basis, OccasionKey, anniversary_started
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.reminders import Reminder
from services.notification.values import MessagePlan, OccasionKind
from shared.conditions.vocabulary import Value


def plan_of(
    rule: str,
    customer_id: UUID,
    key: OccasionKey,
    basis: Basis,
    said: Reminder,
    *,
    happened_at: datetime,
    days_left: int,
) -> MessagePlan:
    """Said at `happened_at`, when so many whole days are left."""
    facts = _facts(key.kind, basis, said, days_left)
    inputs: dict[str, Value] = {**facts, "lead_days": said.lead}
    return MessagePlan(
        customer_id=customer_id,
        rule=rule,
        occasion=_name_of(key, said),
        happened_at=happened_at,
        recorded_at=happened_at,
        facts=facts,
        inputs=inputs,
        of_day=True,
    )


def _name_of(key: OccasionKey, said: Reminder) -> str:
    """What makes it unique: the year of a greeting; of a reminder the day, so that a date put off is reminded of."""
    if key.kind not in GREETINGS:
        return f"{key.subject}:{said.day.isoformat()}:{said.lead}"
    return f"{key.subject}:{said.year}" if key.subject else str(said.year)


def _facts(kind: OccasionKind, basis: Basis, said: Reminder, days_left: int) -> dict[str, str]:
    if kind in GREETINGS:
        return _years(kind, basis, said)
    left = {"lead_days": str(said.lead), "on": said.day.isoformat(), "days": str(days_left)}
    return left | ({"label": basis.label} if basis.label else {})


def _years(kind: OccasionKind, basis: Basis, said: Reminder) -> dict[str, str]:
    if kind not in (OccasionKind.CUSTOMER_SINCE, OccasionKind.PURCHASE_ANNIVERSARY) or basis.year is None:
        return {}
    return {"years": str(said.year - anniversary_started(basis).year)}
