"""Rules over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.notification.rules.document import RuleDocument
from shared.contracts.common import SINGLE_LINE
from shared.web.schemas import RequestModel, ResponseModel

RuleState = Literal["draft", "active", "retired"]
Reason = Annotated[
    str, Field(min_length=1, max_length=500, pattern=SINGLE_LINE, description="why, for those who come after")
]


class RuleSummary(ResponseModel):
    """`version` is the one in force, null where there is none; `draft` one that is written but not in force."""

    name: str
    version: int | None
    draft: int | None
    shipped: bool = Field(description="whether the version in force is the one that Rapport comes with")
    description: str
    action: Literal["message", "task"]
    trigger: str = Field(description="what triggers it", examples=["event purchase", "occasion birthday"])
    priority: int


class RuleRead(ResponseModel):
    name: str
    version: int
    state: RuleState
    revision: int = Field(description="rises with each change of a draft; the ETag")
    author: str | None = Field(description="who wrote it; null for what Rapport comes with")
    reason: str | None
    created_at: datetime | None
    active_from: datetime | None
    active_until: datetime | None
    document: RuleDocument


class RuleChangeRead(ResponseModel):
    version: int
    action: str = Field(examples=["drafted", "activated", "retired"])
    at: datetime
    author: str
    reason: str
    details: dict[str, Any] | None


class RuleVocabulary(ResponseModel):
    """What a rule on one trigger may speak of: `condition` is a JSON Schema, `shows` what templates may show."""

    condition: dict[str, Any]
    shows: list[str]


class HolidayName(ResponseModel):
    code: str = Field(examples=["mid_autumn"])
    names: dict[str, str] = Field(examples=[{"en": "Mid-Autumn Festival", "zh-CN": "中秋节"}])
    festival: bool = Field(
        description="whether it falls by the Chinese calendar, for everybody; else it is a public holiday of the "
        "regions that keep it"
    )


class RuleSchema(ResponseModel):
    document: dict[str, Any] = Field(description="JSON Schema of a rule")
    events: dict[str, RuleVocabulary]
    occasion: RuleVocabulary = Field(description="of every kind of day")
    holidays: list[HolidayName] = Field(description="which a rule on the occasion `holiday` may name")


_LARGE: dict[str, JsonValue] = {
    "description": "Thanks for a large purchase.",
    "on": {"event": "purchase"},
    "when": {"all": [{"field": "event.amount_minor", "at_least": 100_000}]},
    "message": {"template": "purchase_thanks", "purpose": "care", "channels": ["email", "inbox"]},
}


class RuleDraft(RequestModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"document": _LARGE, "reason": "thanks for every small purchase were found a nuisance"}]
        }
    )

    document: RuleDocument
    reason: Reason


class RuleValidation(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"document": _LARGE}]})

    document: RuleDocument


class RuleTrial(ResponseModel):
    """The rule can be put in force; `shows` is what its trigger gives to a template."""

    shows: list[str]


class RuleReason(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "as agreed with customer service"}]})

    reason: Reason
