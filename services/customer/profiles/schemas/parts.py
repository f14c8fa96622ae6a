"""Parts of a customer as they are sent: identities, birthdays, contact points, consents."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from services.customer.profiles.schemas.fields import (
    MAX_CONTACT_POINTS,
    ExternalKey,
    Instant,
    Line,
    Name,
    PersonalModel,
    Source,
)
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import ContactKind, ContactState
from shared.contracts.customer.profile import ClockTime


class ExternalIdGiven(PersonalModel):
    source: Source
    id: ExternalKey


class CalendarDayGiven(PersonalModel):
    """Month and day in the solar or the lunar calendar; the year may be left out where that makes sense."""

    calendar: Literal["solar", "lunar"] = "solar"
    year: Annotated[int, Field(ge=1900, le=2100, strict=True)] | None = None
    month: Annotated[int, Field(ge=1, le=12, strict=True)]
    day: Annotated[int, Field(ge=1, le=31, strict=True)]
    leap_month: Annotated[StrictBool, Field(description="in the leap month (闰月) of that number")] = False


class BirthdayGiven(CalendarDayGiven):
    """Month and day in the solar or the lunar calendar; the year may be left out."""


class PostalAddressGiven(PersonalModel):
    """Where a letter goes; `lines` are street, building and door as they are written there."""

    recipient: Name | None = None
    lines: Annotated[tuple[Name, ...], Field(min_length=1, max_length=5)]
    locality: Name | None = None
    postal_code: Annotated[Line, Field(max_length=20)] | None = None
    region: Name | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1", examples=["CN"])]


class PushKeysGiven(PersonalModel):
    """The keys of a browser's push subscription (RFC 8291), in base64url."""

    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{80,100}$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,30}$")]


class ContactPointGiven(PersonalModel):
    """A way to reach somebody.

    `address` is a mail address; a mobile number, international, or national if the customer's region is set; an https
    URL for `webhook` and `web_push`; an id or a bot's https URL for `wecom`, `dingtalk` and `feishu`; a member's id for
    `in_app`. A `postal` point has its parts in `postal` instead.
    """

    kind: ContactKind
    address: Annotated[Line, Field(max_length=2048, examples=["customer@example.com", "+8613800000000"])] | None = None
    primary: Annotated[StrictBool, Field(description="the one to use; without any, the first of its kind is")] = False
    preference: Annotated[
        int | None, Field(strict=True, ge=1, le=100, description="the order in which to try; without one, last")
    ] = None
    label: Annotated[Line, Field(max_length=50, examples=["office"])] | None = None
    postal: PostalAddressGiven | None = None
    push_keys: PushKeysGiven | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "ContactPointGiven":
        if (self.kind is ContactKind.POSTAL) == (self.address is not None):
            raise ValueError("give the `address`, and for a postal one `postal` in its place")
        return self


ContactPoints = Annotated[tuple[ContactPointGiven, ...], Field(max_length=MAX_CONTACT_POINTS)]


class QuietHoursGiven(PersonalModel):
    """In the customer's own time zone, over midnight when `end` comes first."""

    start: ClockTime
    end: ClockTime


class DoNotDisturbGiven(PersonalModel):
    """`paused`: nothing at all, until `until` or until further notice; `quiet_hours`: the customer's own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"quiet_hours": {"start": "21:30", "end": "08:00"}}, {"paused": True}]}
    )

    paused: StrictBool = False
    until: Instant | None = None
    quiet_hours: QuietHoursGiven | None = None


class ManagerGiven(PersonalModel):
    """A member of staff, by the id in your own directory, and where reminders reach them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "am-17", "name": "Example Manager", "email": "manager@example.com"}]}
    )

    id: Annotated[Line, Field(max_length=100)]
    name: Name | None = None
    email: Annotated[Line, Field(max_length=320)] | None = None
    mobile: Annotated[Line, Field(max_length=40)] | None = None
    wecom: Annotated[Line, Field(max_length=128)] | None = None


class ContactStateReported(PersonalModel):
    """What was found out about a contact point: it was verified, it bounced, its owner wants nothing more there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "email", "address": "customer@example.com", "state": "bounced", "reason": "5.1.1"}]
        }
    )

    kind: ContactKind
    address: Annotated[Line, Field(max_length=2048, description="in the spelling in which it is shown")]
    state: ContactState
    at: Annotated[Instant, Field(description="when that was found out; now, if left out")] | None = None
    reason: Annotated[Line, Field(max_length=500)] | None = None


class ConsentDecided(PersonalModel):
    """A decision on being written to. `granted: false` withdraws; nothing is ever deleted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"granted": True, "proof": "sign-up form 2026-11-03"}, {"granted": False}]}
    )

    granted: StrictBool
    at: Annotated[Instant, Field(description="when the customer decided; now, if left out")] | None = None
    proof: Annotated[Line, Field(max_length=500, examples=["sign-up form 2026-11-03"])] | None = None


class ConsentGiven(ConsentDecided):
    channel: Channel
    purpose: Purpose
