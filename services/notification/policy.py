"""The care policy: every number and choice of this service, as one versioned, validated document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from shared.contracts.common import Channel, Purpose
from shared.contracts.interaction import Severity
from shared.errors import InvalidInput

_LONGEST_CAP = timedelta(days=366)
_LONGEST_ROLE = 200


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


_RINGING = (Channel.SMS, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU, Channel.WEB_PUSH)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHoursPolicy:
    """From `start` to `end`, in the customer's time zone, nothing for `purposes` goes out on `channels`: what rings."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    start: time = time(21, 0)
    end: time = time(8, 0)
    channels: tuple[Channel, ...] = _RINGING
    purposes: tuple[Purpose, ...] = (Purpose.CARE, Purpose.MARKETING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """Within `within` a customer gets `at_most` messages for a purpose; without a `channel`, on all together."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    purpose: Purpose
    at_most: int
    within: timedelta
    channel: Channel | None = None

    def __post_init__(self) -> None:
        if self.at_most < 1 or not timedelta() < self.within <= _LONGEST_CAP:
            raise InvalidInput(
                "a cap allows at least one message, within at most a year; to send nothing, retire the rules",
                code="policy_invalid",
            )


def _shipped_caps() -> tuple[Cap, ...]:
    return (Cap(purpose=Purpose.MARKETING, at_most=3, within=timedelta(days=7)),)


def _shipped_lead_days() -> Mapping[str, tuple[int, ...]]:
    return {"contract_end": (60, 30, 7), "maintenance": (14, 3), "warranty_end": (30, 7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OccasionsPolicy:
    """Reminders go out at `local_time`, as many days before as the date says, else `lead_days_of_kind`, else
    `lead_days`; greetings as `BirthdayPolicy` says. One missed is made up for within `catch_up`, never after the day.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    local_time: time = time(9, 0)
    lead_days: tuple[int, ...] = (30, 7, 0)
    lead_days_of_kind: Mapping[str, tuple[int, ...]] = field(default_factory=_shipped_lead_days)
    catch_up: timedelta = timedelta(days=3)

    def __post_init__(self) -> None:
        for days in (self.lead_days, *self.lead_days_of_kind.values()):
            if not days or len(set(days)) != len(days) or not all(0 <= day <= 365 for day in days):
                raise InvalidInput("lead days are days from 0 to 365, at least one, none twice", code="policy_invalid")

    def lead_days_of(self, kind: str) -> tuple[int, ...]:
        return self.lead_days_of_kind.get(kind, self.lead_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksPolicy:
    """`fallback_role` has the tasks that there is nobody to give to."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    fallback_role: str = "account_management"

    def __post_init__(self) -> None:
        if not 1 <= len(self.fallback_role) <= _LONGEST_ROLE or not self.fallback_role.isprintable():
            raise InvalidInput(
                f"a role has a name of 1 to {_LONGEST_ROLE} characters, on one line", code="policy_invalid"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePolicy:
    """`max_age` bounds recorded minus happened, `max_wait` the wait for a profile; beyond them nothing is sent.

    `max_wait` also bounds how much later than meant something goes out: after downtime, or after quiet hours.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    version: int = 1
    max_age: timedelta = timedelta(days=3)
    max_wait: timedelta = timedelta(days=3)
    default_language: str = "en"
    default_time_zone: str = "UTC"
    birthday: BirthdayPolicy = field(default_factory=BirthdayPolicy)
    quiet_hours: QuietHoursPolicy | None = field(default_factory=QuietHoursPolicy)
    caps: tuple[Cap, ...] = field(default_factory=_shipped_caps)
    occasions: OccasionsPolicy = field(default_factory=OccasionsPolicy)
    tasks: TasksPolicy = field(default_factory=TasksPolicy)
