"""Customers as they are registered and changed."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from services.customer.profiles.lifecycle import Lifecycle
from services.customer.profiles.schemas.fields import (
    MAX_BULK,
    MAX_EXTERNAL_IDS,
    AcquisitionSource,
    Attributes,
    IncomeBand,
    Interests,
    Name,
    PersonalModel,
    Region,
    Tags,
    TimeZone,
)
from services.customer.profiles.schemas.parts import (
    BirthdayGiven,
    ConsentGiven,
    ContactPoints,
    DoNotDisturbGiven,
    ExternalIdGiven,
    ManagerGiven,
)
from shared.contracts.common import CustomerKind, LanguageTag
from shared.contracts.customer import Gender
from shared.web.schemas import RequestModel

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
    gender: Gender | None = None
    occupation: Name | None = None
    industry: Name | None = None
    income_band: IncomeBand | None = None
    interests: Interests = ()
    acquisition_source: AcquisitionSource | None = None
    do_not_disturb: DoNotDisturbGiven | None = None
    key_account: StrictBool = False
    owner: ManagerGiven | None = None
    backup_owner: ManagerGiven | None = None


class CustomerChange(PersonalModel):
    """What to change: fields left out stay, null clears, lists and objects are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lifecycle": "active", "tags": ["vip", "club"]}]})

    given_name: Name | None = None
    family_name: Name | None = None
    full_name: Name | None = None
    organisation_name: Name | None = None
    region: Region | None = None
    birthday: BirthdayGiven | None = None
    gender: Gender | None = None
    occupation: Name | None = None
    industry: Name | None = None
    income_band: IncomeBand | None = None
    acquisition_source: AcquisitionSource | None = None
    do_not_disturb: DoNotDisturbGiven | None = None
    # These cannot be cleared. Their defaults are never read, and a factory keeps them out of the documentation.
    language: LanguageTag = Field(default_factory=str)
    time_zone: TimeZone = Field(default_factory=str)
    lifecycle: Lifecycle = Field(default_factory=lambda: Lifecycle.PROSPECT)
    contact_points: ContactPoints = Field(default_factory=tuple)
    tags: Tags = Field(default_factory=tuple)
    interests: Interests = Field(default_factory=tuple)
    custom_attributes: Attributes = Field(default_factory=dict)
    key_account: StrictBool = Field(default_factory=bool)
    deceased: Annotated[
        StrictBool, Field(description="nothing is ever sent to the deceased, whatever the consents")
    ] = Field(default_factory=bool)


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
