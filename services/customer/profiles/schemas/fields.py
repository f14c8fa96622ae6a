"""The texts and values that requests are made of, each within bounds."""

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)

from services.customer.profiles.attributes import MAX_TAGS
from shared.web.schemas import RequestModel

MAX_CONTACT_POINTS = 20
MAX_INTERESTS = 50
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


Interests = Annotated[tuple[Tag, ...], Field(max_length=MAX_INTERESTS)]
IncomeBand = Annotated[Line, Field(max_length=50, description="as your business sorts incomes", examples=["200k-300k"])]
AcquisitionSource = Annotated[
    Line, Field(max_length=100, description="how the customer came", examples=["spring-fair-2026"])
]


class PersonalModel(RequestModel):
    """A request with personal data: it and its errors print without what was sent, since both end up in logs."""

    model_config = ConfigDict(hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__
