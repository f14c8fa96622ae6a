"""Facts about customers for every service: nothing in them names or reaches a person who is a customer."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import CustomerKind, ExternalId, Instant, LanguageTag, Money, ShortText, Value
from shared.contracts.envelope import EventData
from shared.contracts.topics import CUSTOMER_EVENTS

Count = Annotated[int, Field(ge=0)]


class CoverageRisk(StrEnum):
    """Why a relationship hangs by a thread."""

    TOO_FEW_CONTACTS = "too_few_contacts"
    NO_EXECUTIVE = "no_executive"


class ContactsSummary(Value):
    """How well an organisation is known: its active contacts, those among them who decide, those who left.

    `main` tells of the main contact: whether there is one, was none yet, or the last one left (at `main_left_at`).
    """

    active: Count
    executives: Count
    left: Count = 0
    main: Literal["present", "none", "gone"] = "none"
    main_left_at: Instant | None = None
    risks: tuple[CoverageRisk, ...] = ()


class WalletEstimate(Value):
    """What the customer is thought to spend in a year on one category, with everybody."""

    category: ShortText
    yearly: Money
    competitors: Annotated[int, Field(ge=0, description="how many competitors are known to sell it to them")] = 0


class CustomerFacts(EventData):
    """A customer without personal data; `version` rises with every change, so that a late event is recognised.

    `owner_id` and `backup_owner_id` are staff, by their ids in the business's own directory. `industry` is told of
    organisations only.
    """

    topic: ClassVar[str] = CUSTOMER_EVENTS.name

    customer_id: UUID
    version: Annotated[int, Field(ge=1)]
    kind: CustomerKind
    lifecycle: ShortText
    language: LanguageTag
    time_zone: Annotated[str, Field(examples=["Asia/Shanghai"])]
    region: ShortText | None = None
    tags: tuple[ShortText, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    registered_at: Instant
    industry: ShortText | None = None
    acquisition_source: Annotated[ShortText, Field(description="how the customer came: a campaign, a shop")] | None = (
        None
    )
    key_account: bool = False
    owner_id: ShortText | None = None
    backup_owner_id: ShortText | None = None
    contacts: ContactsSummary | None = None
    wallet: tuple[WalletEstimate, ...] = ()
    abuse_flags_active: Count = 0
    abuse_flags_total: Count = 0


class CustomerRegistered(CustomerFacts):
    """A customer became known, with its first facts."""

    event_type: ClassVar[str] = "rapport.customer.registered.v1"


class CustomerChanged(CustomerFacts):
    """Something about a customer changed: all its facts anew, so that a reader needs no earlier event."""

    event_type: ClassVar[str] = "rapport.customer.changed.v1"


class HandoverReason(StrEnum):
    OWNER_CHANGED = "owner_changed"
    MAIN_CONTACT_CHANGED = "main_contact_changed"


class HandoverFacts(EventData):
    """A customer passes from one hand to another; staff are named by their ids, contacts by theirs."""

    topic: ClassVar[str] = CUSTOMER_EVENTS.name

    handover_id: UUID
    customer_id: UUID
    reason: HandoverReason
    from_owner_id: ShortText | None = None
    to_owner_id: ShortText | None = None
    from_contact_id: UUID | None = None
    to_contact_id: UUID | None = None
    opened_at: Instant
    due_at: Instant


class HandoverOpened(HandoverFacts):
    """The owner or the main contact changed: what is known must be handed over by `due_at`."""

    event_type: ClassVar[str] = "rapport.customer.handover_opened.v1"


class HandoverCompleted(HandoverFacts):
    """It was handed over, in time or late."""

    event_type: ClassVar[str] = "rapport.customer.handover_completed.v1"

    completed_at: Instant
    completed_by: ShortText
