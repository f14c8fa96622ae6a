"""Customers on the wire: what may be sent, and what comes back."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
)
from pydantic.config import JsonDict

from services.customer.profiles.attributes import MAX_TAGS
from services.customer.profiles.lifecycle import Lifecycle
from shared.contracts.common import Channel, CustomerKind, ExternalId, LanguageTag, Purpose
from shared.contracts.customer import Birthday, Consent, ContactPoint
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel
from shared.web.schemas import Problem, RequestModel, ResponseModel

MAX_CONTACT_POINTS = 20
MAX_EXTERNAL_IDS = 20
MAX_BULK = 500
# C0 and C1 controls; surrogates cannot be stored as UTF-8.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

_DATED = re.compile(r"\d{4}-\d\d-\d\d[Tt]")


def refuse_control_characters(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("must be text on one line, without control characters")
    return text


def demand_written_instant(value: object) -> object:
    """A bare number would be read as a Unix time, its unit guessed."""
    if not isinstance(value, str) or not _DATED.match(value):
        raise ValueError("must be an instant with its offset, such as 2026-01-31T09:30:00+08:00")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(demand_written_instant)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(refuse_control_characters)]
Name = Annotated[Line, Field(max_length=200)]
Tag = Annotated[Line, Field(max_length=50)]
Source = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="the other system, in short", examples=["pos-beijing"]
    ),
]
ExternalKey = Annotated[Line, Field(max_length=200, description="the customer's id over there", examples=["0042"])]
TimeZone = Annotated[Line, Field(max_length=64, examples=["Asia/Shanghai"], description="IANA name")]
Region = Annotated[Line, Field(max_length=6, examples=["CN", "CN-BJ"], description="ISO 3166 country or subdivision")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=MAX_TAGS)]
Attributes = Annotated[
    dict[str, JsonValue], Field(description="what your business adds: bounded JSON", examples=[{"vip_card": "A-17"}])
]


class PersonalModel(RequestModel):
    """A request with personal data: it and its errors print without what was sent, since both end up in logs."""

    model_config = ConfigDict(hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class ExternalIdGiven(PersonalModel):
    source: Source
    id: ExternalKey


class BirthdayGiven(PersonalModel):
    """Month and day in the solar or the lunar calendar; the year may be left out."""

    calendar: Literal["solar", "lunar"] = "solar"
    year: Annotated[int, Field(ge=1900, le=2100, strict=True)] | None = None
    month: Annotated[int, Field(ge=1, le=12, strict=True)]
    day: Annotated[int, Field(ge=1, le=31, strict=True)]
    leap_month: Annotated[StrictBool, Field(description="in the leap month (闰月) of that number")] = False


class ContactPointGiven(PersonalModel):
    """An email address, or a mobile number: international, or national if the customer's region is set."""

    kind: Literal["email", "mobile"]
    address: Annotated[Line, Field(max_length=320, examples=["customer@example.com", "+8613800000000"])]
    primary: Annotated[StrictBool, Field(description="the one to use; without any, the first of its kind is")] = False


ContactPoints = Annotated[tuple[ContactPointGiven, ...], Field(max_length=MAX_CONTACT_POINTS)]


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


_PERSON_EXAMPLE: JsonDict = {
    "kind": "person",
    "given_name": "四",
    "family_name": "李",
    "language": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "region": "CN",
    "birthday": {"calendar": "lunar", "month": 8, "day": 15},
    "contact_points": [
        {"kind": "email", "address": "customer@example.com"},
        {"kind": "mobile", "address": "138 0013 8000"},
    ],
    "consents": [{"channel": "email", "purpose": "care", "granted": True, "proof": "sign-up form"}],
    "external_ids": [{"source": "pos-beijing", "id": "0042"}],
    "tags": ["vip"],
}
_ORGANISATION_EXAMPLE: JsonDict = {
    "kind": "organisation",
    "organisation_name": "Example Trading Ltd",
    "language": "en",
    "time_zone": "Europe/London",
    "region": "GB",
    "lifecycle": "active",
}


class CustomerCreate(PersonalModel):
    """A person or an organisation to register."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PERSON_EXAMPLE, _ORGANISATION_EXAMPLE]})

    kind: CustomerKind
    given_name: Name | None = None
    family_name: Name | None = None
    full_name: Annotated[Name, Field(description="instead of the two names put together")] | None = None
    organisation_name: Name | None = None
    language: LanguageTag | None = Field(None, description="the service's default, if left out")
    time_zone: TimeZone | None = Field(None, description="the service's default, if left out")
    region: Region | None = None
    birthday: BirthdayGiven | None = None
    contact_points: ContactPoints = ()
    consents: Annotated[tuple[ConsentGiven, ...], Field(max_length=50)] = ()
    external_ids: Annotated[tuple[ExternalIdGiven, ...], Field(max_length=MAX_EXTERNAL_IDS)] = ()
    lifecycle: Lifecycle = Lifecycle.PROSPECT
    tags: Tags = ()
    custom_attributes: Attributes = Field(default_factory=dict)


class CustomerChange(PersonalModel):
    """What to change: fields left out stay, null clears, lists and objects are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lifecycle": "active", "tags": ["vip", "club"]}]})

    given_name: Name | None = None
    family_name: Name | None = None
    full_name: Name | None = None
    organisation_name: Name | None = None
    region: Region | None = None
    birthday: BirthdayGiven | None = None
    # These cannot be cleared. Their defaults are never read, and a factory keeps them out of the documentation.
    language: LanguageTag = Field(default_factory=str)
    time_zone: TimeZone = Field(default_factory=str)
    lifecycle: Lifecycle = Field(default_factory=lambda: Lifecycle.PROSPECT)
    contact_points: ContactPoints = Field(default_factory=tuple)
    tags: Tags = Field(default_factory=tuple)
    custom_attributes: Attributes = Field(default_factory=dict)


class CustomerRead(ResponseModel):
    """A customer as registered."""

    customer_id: UUID
    version: int = Field(description="rises with every change; the ETag is made of it")
    kind: CustomerKind
    lifecycle: Lifecycle
    display_name: str = Field(description="the name to show and to greet with, put together as its language does")
    given_name: str | None
    family_name: str | None
    full_name: str | None
    organisation_name: str | None
    language: str
    time_zone: str
    region: str | None
    birthday: Birthday | None
    contact_points: tuple[ContactPoint, ...]
    consents: tuple[Consent, ...] = Field(description="the decision that stands per channel and purpose")
    external_ids: tuple[ExternalId, ...]
    tags: tuple[str, ...]
    custom_attributes: dict[str, JsonValue]
    registered_at: datetime
    changed_at: datetime


class ScoreSummary(ResponseModel):
    """What scoring said last of a customer."""

    abc_class: AbcClass | None
    lifecycle_stage: LifecycleStage
    loyalty_level: LoyaltyLevel
    as_of: datetime


class CustomerListed(CustomerRead):
    """A customer in a list, with what scoring said last; null until it said something."""

    score: ScoreSummary | None = None


class CustomerBulk(RequestModel):
    """Customers to register. Each is looked at for itself: one that is wrong does not hold up the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"customers": [_PERSON_EXAMPLE, _ORGANISATION_EXAMPLE]}]})

    customers: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=MAX_BULK,
            json_schema_extra={"items": {"$ref": "#/components/schemas/CustomerCreate"}},
        ),
    ]


class BulkResult(ResponseModel):
    index: int
    status: Literal["registered", "conflict", "invalid"]
    customer_id: UUID | None = None
    version: int | None = None
    problem: Problem | None = Field(None, description="what this item alone would have been answered")


class BulkResults(ResponseModel):
    """One result per item, in the order sent."""

    registered: int
    refused: int
    results: list[BulkResult]
