"""What the API takes about policies."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from services.scoring.policies.policy import PolicyDocument
from shared.contracts.common import SINGLE_LINE
from shared.web.instants import WrittenInstant
from shared.web.schemas import RequestModel

PolicyVersion = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=500, pattern=SINGLE_LINE, description="why, for those who come after"),
]
MergePatch = Annotated[
    dict[str, Any],
    Field(description="JSON merge patch (RFC 7396): only what changes; null takes a field away, lists are replaced"),
]
_PATCH: dict[str, JsonValue] = {"lifecycle": {"dormant_after_days": 270}}


class _Writing(RequestModel):
    """Either the whole document or what changes in it."""

    document: PolicyDocument | None = Field(default=None, description="the whole document, without its version")
    patch: MergePatch | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.document is None) == (self.patch is None):
            raise ValueError("say either document (all of it) or patch (what changes)")
        return self


class PolicyCreate(_Writing):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"patch": _PATCH, "reason": "nine months of silence are long in our trade"}]}
    )

    base: PolicyVersion | None = Field(default=None, description="version it starts from; by default the one in force")


class PolicyChange(_Writing):
    """A patch is applied to the draft as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"patch": _PATCH, "reason": "after the review"}]})


class PolicyValidation(_Writing):
    model_config = ConfigDict(json_schema_extra={"examples": [{"patch": _PATCH}]})

    base: PolicyVersion | None = Field(default=None, description="version it starts from; by default the one in force")
    reason: Reason = "a trial"


class PolicyReason(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the trial moved too many customers"}]})

    reason: Reason


class Activation(RequestModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"at": "2027-01-01T00:00:00+08:00", "reason": "as decided for the new year"}]}
    )

    at: WrittenInstant | None = Field(default=None, description="in business time; now, if left out")
    silent: bool = Field(
        default=True, description="mark what the recomputation tells, so that nobody is written to because of it"
    )
    without_simulation: bool = Field(default=False, description="put a draft in force that was not tried before")
    reason: Reason


class RollBack(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the new weights were a mistake"}]})

    silent: bool = Field(
        default=True, description="mark what the recomputation tells, so that nobody is written to because of it"
    )
    reason: Reason
