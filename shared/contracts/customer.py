"""What the customer service publishes."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import (
    Channel,
    CustomerKind,
    ExternalId,
    Instant,
    LanguageTag,
    Purpose,
    ShortText,
    Value,
)
from shared.contracts.envelope import EventData
from shared.contracts.topics import CUSTOMER_EVENTS, CUSTOMER_PROFILES


class CustomerFacts(EventData):
    """A customer without personal data; `version` rises with every change, so that a late event is recognised."""

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


class CustomerRegistered(CustomerFacts):
    """A customer became known, with its first facts."""

    event_type: ClassVar[str] = "rapport.customer.registered.v1"


class CustomerChanged(CustomerFacts):
    """Something about a customer changed: all its facts anew, so that a reader needs no earlier event."""

    event_type: ClassVar[str] = "rapport.customer.changed.v1"


class ContactPoint(Value):
    kind: Literal["email", "mobile"]
    address: Annotated[str, Field(max_length=320, description="an address, or a number in E.164")]
    primary: bool = True


class Birthday(Value):
    """Month and day in the named calendar; a lunar month may be a leap month (闰月)."""

    calendar: Literal["solar", "lunar"] = "solar"
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    leap_month: bool = False


class Consent(Value):
    channel: Channel
    purpose: Purpose
    granted: bool
    at: Instant
    proof: Annotated[str, Field(max_length=500)] | None = None


class ProfileUpdated(EventData):
    """The full current profile, with personal data: on the restricted, compacted topic only."""

    event_type: ClassVar[str] = "rapport.customer.profile_updated.v1"
    topic: ClassVar[str] = CUSTOMER_PROFILES.name

    customer_id: UUID
    version: Annotated[int, Field(ge=1)]
    kind: CustomerKind
    display_name: ShortText
    given_name: ShortText | None = None
    family_name: ShortText | None = None
    language: LanguageTag
    time_zone: str
    region: ShortText | None = None
    birthday: Birthday | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    consents: tuple[Consent, ...] = ()
    registered_at: Instant


class ProfileErased(EventData):
    """The tombstone of a profile: the topic forgets everything it knew about the customer, and so must its readers."""

    event_type: ClassVar[str] = "rapport.customer.profile_erased.v1"
    topic: ClassVar[str] = CUSTOMER_PROFILES.name
    tombstone: ClassVar[bool] = True

    customer_id: UUID
