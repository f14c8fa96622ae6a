"""The care policy: every number and choice of this service, as one versioned, validated document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from services.notification.values import RuleName
from shared.contracts.common import Channel, Purpose
from shared.contracts.interaction import Severity
from shared.errors import InvalidInput


class LeapDayRule(StrEnum):
    """When somebody born on 29 February is greeted in a common year."""

    FEBRUARY_28 = "february_28"
    MARCH_1 = "march_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePolicy:
    """One rule: what consent it needs, and its channels, best first.

    A message takes the first channel that is consented to and has an address. With `inbox_copy` it is also laid into
    the customer's inbox where that is consented to.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    purpose: Purpose
    enabled: bool = True
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.INBOX)
    inbox_copy: bool = False

    def __post_init__(self) -> None:
        if not self.channels or len(set(self.channels)) != len(self.channels):
            raise InvalidInput("a rule needs at least one channel, each named once", code="policy_invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayPolicy:
    """Greetings go out at `local_time` of the day and never after that local day has ended."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    local_time: time = time(9, 0)
    leap_day: LeapDayRule = LeapDayRule.FEBRUARY_28
    quieting_severities: tuple[Severity, ...] = (Severity.HIGH, Severity.CRITICAL)


def _shipped_rules() -> Mapping[RuleName, RulePolicy]:
    return {
        RuleName.PURCHASE_THANKS: RulePolicy(purpose=Purpose.CARE),
        RuleName.COMPLAINT_RECEIPT: RulePolicy(purpose=Purpose.SERVICE, inbox_copy=True),
        RuleName.VISIT_THANKS: RulePolicy(purpose=Purpose.CARE),
        RuleName.BIRTHDAY: RulePolicy(purpose=Purpose.CARE),
    }


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
    rules: Mapping[RuleName, RulePolicy] = field(default_factory=_shipped_rules)

    def __post_init__(self) -> None:
        missing = [rule for rule in RuleName if rule not in self.rules]
        if missing:
            raise InvalidInput(f"the policy says nothing about {', '.join(missing)}", code="policy_invalid")
