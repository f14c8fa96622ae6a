"""Days that matter to a customer, in the solar calendar or the Chinese lunar one."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import LongText, ShortText, Value


class CalendarDay(Value):
    """Month and day in the named calendar; a lunar month may be a leap month (闰月)."""

    calendar: Literal["solar", "lunar"] = "solar"
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    leap_month: bool = False


class Birthday(CalendarDay):
    """Month and day in the named calendar; a lunar month may be a leap month (闰月)."""


class ImportantDateKind(StrEnum):
    """The birthday stands in the profile itself, and the anniversary of a purchase follows from the purchase."""

    WEDDING = "wedding"
    CONTRACT_END = "contract_end"
    INSURANCE_EXPIRY = "insurance_expiry"
    LICENCE_INSPECTION = "licence_inspection"
    VEHICLE_INSPECTION = "vehicle_inspection"
    MAINTENANCE = "maintenance"
    WARRANTY_END = "warranty_end"
    CUSTOM = "custom"


class ImportantDate(Value):
    """A day to think of: every year when `recurring`, else once, and then its year is given.

    `lead_days` are the days before it on which to remind, none of them twice; empty leaves that to the reader.
    """

    date_id: UUID
    kind: ImportantDateKind
    on: CalendarDay
    recurring: bool
    lead_days: tuple[Annotated[int, Field(ge=0, le=365)], ...] = ()
    label: Annotated[ShortText, Field(description="what it is about: a number plate, a contract's number")] | None = (
        None
    )
    note: LongText | None = None
