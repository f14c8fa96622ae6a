"""What the API says of policies."""

from datetime import datetime
from typing import Any

from pydantic import Field

from services.scoring.policies.models import PolicyDecision, StoredPolicy
from services.scoring.policies.patching import Difference
from services.scoring.policies.policy import PolicyDocument
from services.scoring.policies.states import State
from shared.web.schemas import ResponseModel


class PolicySummary(ResponseModel):
    version: int
    state: State
    revision: int = Field(description="rises with each change of the draft; the ETag")
    base: int | None = Field(description="version it was made from; null for the one that the service began with")
    author: str | None = Field(description="subject of the token; null for the one that the service began with")
    reason: str | None
    created_at: datetime | None
    activate_at: datetime | None = Field(description="when it is to come into force, in business time")
    active_from: datetime | None = Field(description="since when it is in force, or was")
    active_until: datetime | None
    silent: bool = Field(description="whether what its recomputation tells is marked, so that nobody is written to")


class PolicyRead(PolicySummary):
    document: PolicyDocument


class DifferenceRead(ResponseModel):
    field: str = Field(examples=["lifecycle.dormant_after_days"])
    before: Any = Field(description="null where the document does not have the field")
    after: Any


class PolicyDifferences(ResponseModel):
    before: int = Field(description="version")
    after: int
    differences: list[DifferenceRead]


class PolicyTrial(ResponseModel):
    """The document is valid; this is what it would change."""

    base: int
    differences: list[DifferenceRead]


class PolicyDecisionRead(ResponseModel):
    version: int
    action: str = Field(examples=["activated"])
    decided_at: datetime
    decided_by: str | None = Field(description="subject of the token; null for what the service did by itself")
    reason: str | None
    details: dict[str, Any] | None


def _summary(row: StoredPolicy) -> dict[str, Any]:
    return {
        **row.model_dump(exclude={"document", "base_version", "first_used_at", "retired_at"}),
        "base": row.base_version,
        "active_from": row.first_used_at,
        "active_until": row.retired_at,
    }


def show_summary(row: StoredPolicy) -> PolicySummary:
    return PolicySummary.model_validate(_summary(row))


def show_policy(row: StoredPolicy, document: PolicyDocument) -> PolicyRead:
    return PolicyRead.model_validate({**_summary(row), "document": document})


def show_differences(found: list[Difference]) -> list[DifferenceRead]:
    return [DifferenceRead.model_validate(one) for one in found]


def show_decision(row: PolicyDecision) -> PolicyDecisionRead:
    return PolicyDecisionRead.model_validate(row)
