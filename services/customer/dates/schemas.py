"""Important dates on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, StrictBool

from services.customer.profiles.schemas.fields import Line, Name, PersonalModel
from services.customer.profiles.schemas.parts import CalendarDayGiven
from shared.contracts.customer import ImportantDate, ImportantDateKind
from shared.web.schemas import ResponseModel

LeadDay = Annotated[int, Field(strict=True, ge=0, le=365)]


class ImportantDateGiven(PersonalModel):
    """A day to think of: every year when `recurring`, else once, and then with its year.

    `lead_days` are the days before it on which to remind; without any, whoever reminds decides.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "vehicle_inspection",
                    "on": {"year": 2027, "month": 5, "day": 20},
                    "recurring": False,
                    "lead_days": [30, 7],
                    "label": "the blue van",
                },
                {"kind": "wedding", "on": {"calendar": "lunar", "month": 8, "day": 15}, "recurring": True},
            ]
        }
    )

    kind: ImportantDateKind
    on: CalendarDayGiven
    recurring: StrictBool
    lead_days: Annotated[tuple[LeadDay, ...], Field(max_length=10)] = ()
    label: Name | None = None
    note: Annotated[Line, Field(max_length=2000)] | None = None


class ImportantDatesRead(ResponseModel):
    items: tuple[ImportantDate, ...]
