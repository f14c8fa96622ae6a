"""The full profile of a customer, with personal data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.common import Channel, CustomerKind, Instant, LanguageTag, Purpose, ShortText, Value
from shared.contracts.customer.days import Birthday, ImportantDate
from shared.contracts.envelope import EventData
from shared.contracts.topics import CUSTOMER_PROFILES

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:30"])]


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class ContactKind(StrEnum):
    EMAIL = "email"
    MOBILE = "mobile"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"
    WEB_PUSH = "web_push"
    POSTAL = "postal"
    IN_APP = "in_app"


CONTACT_KINDS: Mapping[Channel, ContactKind] = MappingProxyType(
    {
        Channel.EMAIL: ContactKind.EMAIL,
        Channel.SMS: ContactKind.MOBILE,
        Channel.WECOM: ContactKind.WECOM,
        Channel.DINGTALK: ContactKind.DINGTALK,
        Channel.FEISHU: ContactKind.FEISHU,
        Channel.WEBHOOK: ContactKind.WEBHOOK,
        Channel.WEB_PUSH: ContactKind.WEB_PUSH,
        Channel.DIRECT_MAIL: ContactKind.POSTAL,
    }
)
"""The kind of contact point behind each channel; the inbox needs none."""


class ContactState(StrEnum):
    """`bounced`: what was sent there came back for good; `opted_out`: its owner wants nothing more there."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"


class PostalAddress(Value):
    """Where a letter goes; `lines` are street, building and door as they are written there."""

    recipient: ShortText | None = None
    lines: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=5)]
    locality: ShortText | None = None
    postal_code: ShortText | None = None
    region: ShortText | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1", examples=["CN"])]


class PushKeys(Value):
    """The keys of a browser's push subscription (RFC 8291), in base64url."""

    p256dh: Annotated[str, Field(min_length=80, max_length=100)]
    auth: Annotated[str, Field(min_length=20, max_length=30)]


class ContactPoint(Value):
    """A way to reach somebody.

    `address` is a mail address, a number in E.164, an https URL (webhook, push subscription), an id in a messenger or
    the https URL of a bot there, a member's id in the app, or a postal address in one line, which `postal` holds in
    parts. `preference` orders what a customer wants used first, 1 before 2; without one a point comes last.
    """

    kind: ContactKind
    address: Annotated[str, Field(max_length=2048, description="an address, or a number in E.164")]
    primary: bool = True
    state: ContactState = ContactState.UNVERIFIED
    state_at: Instant | None = None
    preference: Annotated[int, Field(ge=1, le=100)] | None = None
    label: ShortText | None = None
    postal: PostalAddress | None = None
    push_keys: PushKeys | None = None


class Consent(Value):
    channel: Channel
    purpose: Purpose
    granted: bool
    at: Instant
    proof: Annotated[str, Field(max_length=500)] | None = None


class QuietHours(Value):
    """From `start` until `end`, in the customer's own time zone, over midnight when `end` comes first."""

    start: ClockTime
    end: ClockTime


class DoNotDisturb(Value):
    """What the customer asked for: nothing at all while `paused` (until `until`, or until further notice), and nothing
    in its own quiet hours, whatever those of the business are."""

    paused: bool = False
    until: Instant | None = None
    quiet_hours: QuietHours | None = None


class AccountManager(Value):
    """A member of staff who looks after the customer; `id` is the one in the business's own directory."""

    id: ShortText
    name: ShortText | None = None
    email: Annotated[str, Field(max_length=320)] | None = None
    mobile: Annotated[str, Field(max_length=20, description="E.164")] | None = None
    wecom: ShortText | None = None


class BuyingRole(StrEnum):
    """What a contact looks at when its organisation buys: cost, effect, long-term value, or how it works."""

    PURCHASING = "purchasing"
    USER = "user"
    EXECUTIVE = "executive"
    TECHNICAL = "technical"


class ProfileContact(Value):
    """An active contact of an organisation."""

    contact_id: UUID
    display_name: ShortText
    role: BuyingRole
    position: ShortText | None = None
    main: bool = False
    language: LanguageTag | None = None
    birthday: Birthday | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    important_dates: tuple[ImportantDate, ...] = ()


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
    lifecycle: ShortText | None = None
    gender: Gender | None = None
    occupation: ShortText | None = None
    industry: ShortText | None = None
    income_band: Annotated[ShortText, Field(description="as the business sorts incomes")] | None = None
    interests: tuple[ShortText, ...] = ()
    tags: tuple[ShortText, ...] = ()
    custom_attributes: dict[str, Any] = Field(default_factory=dict)
    acquisition_source: ShortText | None = None
    do_not_disturb: DoNotDisturb | None = None
    deceased: bool = False
    important_dates: tuple[ImportantDate, ...] = ()
    key_account: bool = False
    owner: AccountManager | None = None
    backup_owner: AccountManager | None = None
    contacts: tuple[ProfileContact, ...] = ()


class ProfileErased(EventData):
    """The tombstone of a profile: the topic forgets everything it knew about the customer, and so must its readers."""

    event_type: ClassVar[str] = "rapport.customer.profile_erased.v1"
    topic: ClassVar[str] = CUSTOMER_PROFILES.name
    tombstone: ClassVar[bool] = True

    customer_id: UUID
