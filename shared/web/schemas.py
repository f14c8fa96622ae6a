"""Bases of what comes in and goes out over HTTP; tables are never schemas."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RequestModel(BaseModel):
    """Base of request bodies: an unknown field is an error, text is stripped of space around it, NaN is no number."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
    )


class ResponseModel(BaseModel):
    """Base of response bodies; reads from attributes, so that a row can be given as it is."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class FieldError(ResponseModel):
    """One thing wrong with the input, by its path (`lines[0].amount`)."""

    field: str = Field(examples=["lines[0].amount"])
    detail: str = Field(examples=["is required"])
    code: str = Field(examples=["required"])


class Problem(ResponseModel):
    """An error as the platform answers it (RFC 9457, `application/problem+json`); `code` is stable, texts are not."""

    type: str = Field(examples=["urn:rapport:problem:validation_failed"])
    title: str = Field(examples=["The input is not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["lines[0].amount is required"])
    code: str = Field(examples=["validation_failed"])
    instance: str | None = Field(default=None, examples=["/v1/customers"])
    correlation_id: str | None = None
    errors: list[FieldError] = Field(default_factory=list)
    context: dict[str, Any] = Field(default_factory=dict, description="ids worth knowing, such as what is in conflict")
