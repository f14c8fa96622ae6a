"""From a day to the instant at which it is spoken of: the time of day for its kind, where the customer lives. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.notification.local_days import due_instant, zone_of
from services.notification.occasions.kinds import GREETINGS
from services.notification.policy import CarePolicy


def due_at(day: date, kind: str, time_zone: str, policy: CarePolicy) -> datetime:
    at = policy.birthday.local_time if kind in GREETINGS else policy.occasions.local_time
    return due_instant(day, at, zone_of(time_zone, default=policy.default_time_zone))


def later_instants(
    basis: Mapping[str, Any] | None, day: date | None, lead: int, kind: str, time_zone: str, policy: CarePolicy
) -> list[datetime]:
    """When the reminders of `day` nearer than `lead` days are due, the earliest first; `basis` as it is kept."""
    if basis is None or day is None:
        return []
    nearer = sorted((one for one in basis["lead_days"] if one < lead), reverse=True)
    return [due_at(day - timedelta(days=one), kind, time_zone, policy) for one in nearer]
