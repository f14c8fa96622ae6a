"""Contacts of organisations on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from services.customer.dates.schemas import ImportantDateGiven
from services.customer.profiles.schemas.fields import Line, Name, PersonalModel
from services.customer.profiles.schemas.parts import BirthdayGiven, ContactPoints
from shared.contracts.common import LanguageTag
from shared.contracts.customer import Birthday, BuyingRole, ContactPoint, ImportantDate
from shared.web.schemas import ResponseModel

MAX_DATES = 20
_Dates = Annotated[tuple[ImportantDateGiven, ...], Field(max_length=MAX_DATES)]
_Note = Annotated[Line, Field(max_length=2000)]

_EXAMPLE: JsonDict = {
    "family_name": "王",
    "given_name": "五",
    "role": "executive",
    "position": "总经理",
    "main": True,
    "contact_points": [{"kind": "email", "address": "executive@example.com"}],
    "important_dates": [{"kind": "wedding", "on": {"month": 5, "day": 20}, "recurring": True}],
}


class ContactCreate(PersonalModel):
    """Somebody who speaks for the organisation, by the part they have in its buying."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    given_name: Name | None = None
    family_name: Name | None = None
    full_name: Name | None = None
    role: BuyingRole
    position: Name | None = None
    language: LanguageTag | None = None
    birthday: BirthdayGiven | None = None
    contact_points: ContactPoints = ()
    important_dates: _Dates = ()
    note: _Note | None = None
    main: Annotated[StrictBool, Field(description="the main contact from now on, in place of whoever was")] = False


class ContactChange(PersonalModel):
    """What to change: fields left out stay, null clears, lists are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "executive", "position": "CEO"}]})

    given_name: Name | None = None
    family_name: Name | None = None
    full_name: Name | None = None
    position: Name | None = None
    language: LanguageTag | None = None
    birthday: BirthdayGiven | None = None
    note: _Note | None = None
    # These cannot be cleared. Their defaults are never read, and a factory keeps them out of the documentation.
    role: BuyingRole = Field(default_factory=lambda: BuyingRole.USER)
    contact_points: ContactPoints = Field(default_factory=tuple)
    important_dates: _Dates = Field(default_factory=tuple)


class ContactLeft(PersonalModel):
    """That the contact is no longer there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "changed employer"}]})

    reason: Annotated[Line, Field(max_length=500)] | None = None


class MainContactNamed(PersonalModel):
    """One of the active contacts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"contact_id": "0192f1c4-7a10-7c3e-9d52-3f6f1f0e8b22"}]})

    contact_id: UUID


class ContactRead(ResponseModel):
    """A contact; `left_at` is null while it is active."""

    contact_id: UUID
    customer_id: UUID
    version: int = Field(description="rises with every change; the ETag is made of it")
    display_name: str
    given_name: str | None
    family_name: str | None
    full_name: str | None
    role: BuyingRole
    position: str | None
    main: bool
    language: str | None
    birthday: Birthday | None
    contact_points: tuple[ContactPoint, ...]
    important_dates: tuple[ImportantDate, ...]
    note: str | None
    left_at: datetime | None
    left_reason: str | None
    added_at: datetime
    changed_at: datetime
