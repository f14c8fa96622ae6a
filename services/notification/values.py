"""The words every capability of this service uses: who is written to, what is planned for them, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from shared.conditions.vocabulary import Value
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import DoNotDisturb

MESSAGE_NAMESPACE = UUID("0d6f4a5e-7a0b-5f0c-9a53-5f2f0a4f6c11")
"""Never to be changed: message ids, and so the Message-IDs already in customers' mailboxes, are derived from it."""


class RuleName(StrEnum):
    """The templates that Rapport comes with; the rules that it comes with are each named as theirs."""

    PURCHASE_THANKS = "purchase_thanks"
    COMPLAINT_RECEIPT = "complaint_receipt"
    VISIT_THANKS = "visit_thanks"
    BIRTHDAY = "birthday"
    CUSTOMER_SINCE = "customer_since"
    PURCHASE_ANNIVERSARY = "purchase_anniversary"
    WEDDING = "wedding"
    EXPIRY = "expiry"
    INSPECTION = "inspection"
    MAINTENANCE = "maintenance"
    WARRANTY_END = "warranty_end"
    CONTRACT_END = "contract_end"
    CHURN_WARNING = "churn_warning"
    CONTRACT_RENEWAL = "contract_renewal"
    FOLLOW_UP_CALL = "follow_up_call"
    HOLIDAY_GREETING = "holiday_greeting"


class OccasionKind(StrEnum):
    """The kinds of days that rules may be about: holidays, and those that are kept for each customer, of which each
    names its template too.
    """

    BIRTHDAY = "birthday"
    CUSTOMER_SINCE = "customer_since"
    PURCHASE_ANNIVERSARY = "purchase_anniversary"
    WEDDING = "wedding"
    EXPIRY = "expiry"
    INSPECTION = "inspection"
    MAINTENANCE = "maintenance"
    WARRANTY_END = "warranty_end"
    CONTRACT_END = "contract_end"
    HOLIDAY = "holiday"


class Outcome(StrEnum):
    """How a decision stands. Those that await a profile or wait for their time are still open."""

    AWAITING_PROFILE = "awaiting_profile"
    WAITING = "waiting"
    PLANNED = "planned"
    SUPPRESSED = "suppressed"


class Reason(StrEnum):
    """Why nothing was sent, by this decision or on this channel; `no_assignee` is why a task fell to a role."""

    RULE_DISABLED = "rule_disabled"
    ERASED = "erased"
    STALE = "stale"
    TOO_LATE = "too_late"
    NOT_A_PERSON = "not_a_person"
    CONDITION_NOT_MET = "condition_not_met"
    DECEASED = "deceased"
    DO_NOT_DISTURB = "do_not_disturb"
    QUIET_HOURS = "quiet_hours"
    FREQUENCY_CAP = "frequency_cap"
    DUPLICATE = "duplicate"
    MERGED = "merged"
    CANCELLED = "cancelled"
    OPEN_COMPLAINT = "open_complaint"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    CHANNEL_OFF = "channel_off"
    ADDRESS_SUPPRESSED = "address_suppressed"
    NO_ASSIGNEE = "no_assignee"
    NO_COUPON = "no_coupon"


class MessageState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """Who goes first where many wait: what cannot wait, the daily round, and mass mailings; each has capacity kept."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Permission(NamedTuple):
    """Consent as it is asked for: one channel, one purpose."""

    channel: Channel
    purpose: Purpose


class Employee(NamedTuple):
    """A member of staff; `id` is the one in the business's own directory."""

    id: str
    name: str | None = None


class MemberState(StrEnum):
    """`unknown` holds the place of a customer whose profile has not arrived yet."""

    UNKNOWN = "unknown"
    KNOWN = "known"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A customer as this service knows it, and all that a decision may depend on.

    `traits` and `figures` are what conditions may ask of the profile and of the scores, by the names they go under;
    `segments` are the ids of those it belongs to.
    """

    customer_id: UUID
    state: MemberState
    is_person: bool = True
    display_name: str = ""
    given_name: str | None = None
    language: str = ""
    time_zone: str = ""
    email: str | None = None
    addresses: Mapping[Channel, str] = field(default_factory=dict)
    suppressed: frozenset[Channel] = frozenset()
    granted: frozenset[Permission] = frozenset()
    has_quieting_complaint: bool = False
    loyalty_level: str | None = None
    is_deceased: bool = False
    do_not_disturb: DoNotDisturb | None = None
    traits: Mapping[str, Value] = field(default_factory=dict)
    figures: Mapping[str, Value] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    owner: Employee | None = None
    backup_owner: Employee | None = None

    def address_on(self, channel: Channel) -> str | None:
        """Where a message on `channel` would go; the inbox needs no address but the customer itself."""
        match channel:
            case Channel.INBOX:
                return str(self.customer_id)
            case Channel.EMAIL:
                return self.email
        return self.addresses.get(channel)


class Attached(NamedTuple):
    """A document by its digest, and the name under which a mail carries it."""

    document: str
    name: str


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as it will be read; `language` is the one it is really in. The subject holds no personal data. What is
    `attached` travels by email only."""

    language: str
    subject: str
    text: str
    html: str
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePlan:
    """That a rule would like to write to a customer, and all it would say.

    `happened_at` and `recorded_at` are the fact's own instants, so that lateness is judged by data alone; `facts` is
    what the template may show, `inputs` what the rule's condition is asked of beside the customer; `caused_by` is the
    id of the event behind it, `subject` what that is about: a case, an order. `of_day` says that it belongs to the
    local day of `happened_at` and is too late after it; `due_at` is until when it has waited already.
    """

    customer_id: UUID
    rule: str
    occasion: str
    happened_at: datetime
    recorded_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    caused_by: str | None = None
    correlation_id: str | None = None
    inputs: Mapping[str, Value] = field(default_factory=dict)
    subject: str | None = None
    of_day: bool = False
    due_at: datetime | None = None


def message_id_of(customer_id: UUID, rule: str, occasion: str, channel: Channel) -> UUID:
    """The identity of a message: the same for every worker, attempt and replay."""
    return uuid5(MESSAGE_NAMESPACE, f"{customer_id}\n{rule}\n{occasion}\n{channel}")


def decision_id_of(customer_id: UUID, rule: str, occasion: str) -> UUID:
    return uuid5(MESSAGE_NAMESPACE, f"{customer_id}\n{rule}\n{occasion}")
