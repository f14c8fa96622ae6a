"""The care policy: every number and choice of this service, as one versioned, validated document."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from shared.contracts.interaction import Severity


class LeapDayRule(StrEnum):
    """When somebody born on 29 February is greeted in a common year."""

    FEBRUARY_28 = "february_28"
    MARCH_1 = "march_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayPolicy:
    """Greetings go out at `local_time` of the day and never after that local day has ended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    local_time: time = time(9, 0)
    leap_day: LeapDayRule = LeapDayRule.FEBRUARY_28
    quieting_severities: tuple[Severity, ...] = (Severity.HIGH, Severity.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePolicy:
    """`max_age` bounds recorded minus happened, `max_wait` the wait for a profile; beyond them nothing is sent."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    version: int = 1
    max_age: timedelta = timedelta(days=3)
    max_wait: timedelta = timedelta(days=3)
    default_language: str = "en"
    default_time_zone: str = "UTC"
    birthday: BirthdayPolicy = field(default_factory=BirthdayPolicy)
