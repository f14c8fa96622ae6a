"""Interactions as callers send them: the contract's words, with the identity and time an event has in its envelope."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.inbound import Admission
from shared.contracts.common import ShortText
from shared.contracts.inbound import (
    InboundComplaint,
    InboundComplaintResolution,
    InboundPurchase,
    InboundReferral,
    InboundReturn,
    InboundSurvey,
    InboundVisit,
)
from shared.errors import InvalidInput
from shared.ids import uuid7
from shared.web.instants import WrittenInstant
from shared.web.problems import invalid_input
from shared.web.schemas import RequestModel

MAX_BATCH = 1000
_short_text: TypeAdapter[str] = TypeAdapter(ShortText)


class Submission(BaseModel):
    """What is told of any interaction beside its kind's own fields."""

    occurred_at: Annotated[
        WrittenInstant,
        Field(description="when it happened, with its offset from UTC", examples=["2026-03-14T10:30:00+08:00"]),
    ]
    source: Annotated[
        ShortText | None,
        Field(description="the system it comes from; by default the subject of the token", examples=["shop"]),
    ] = None
    id: Annotated[
        ShortText | None,
        Field(
            description="its identity in that system, unique for ever: sent again it is not recorded again; "
            "without one, repeat a request only under the same Idempotency-Key",
            examples=["order-4711"],
        ),
    ] = None


class PurchaseCreate(Submission, InboundPurchase):
    kind: Literal["purchase"]


class ReturnCreate(Submission, InboundReturn):
    kind: Literal["return"]


class ComplaintCreate(Submission, InboundComplaint):
    """Opens the case named by `source` and `case`."""

    kind: Literal["complaint"]


class ComplaintResolutionCreate(Submission, InboundComplaintResolution):
    """Resolves the case named by `source` and `case`, whichever of the two arrives first."""

    kind: Literal["complaint_resolution"]


class VisitCreate(Submission, InboundVisit):
    kind: Literal["visit"]


class SurveyCreate(Submission, InboundSurvey):
    """`score` is 1 to 5 for `csat` and 0 to 10 for `nps`."""

    kind: Literal["survey"]


class ReferralCreate(Submission, InboundReferral):
    kind: Literal["referral"]


InteractionCreate = Annotated[
    PurchaseCreate
    | ReturnCreate
    | ComplaintCreate
    | ComplaintResolutionCreate
    | VisitCreate
    | SurveyCreate
    | ReferralCreate,
    Field(discriminator="kind"),
]


def _or_refusal(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """An item that cannot be read takes its place in the batch as an error: it must not spoil the others."""
    try:
        return validate(value)
    except ValidationError as error:
        return invalid_input(error, value, InteractionCreate)


class BatchCreate(RequestModel):
    """Interactions to record. Each is looked at for itself: one that is wrong does not hold up the others."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [INTERACTIONS["purchase"], INTERACTIONS["visit"]]}]}
    )

    items: Annotated[
        list[Annotated[InteractionCreate, WrapValidator(_or_refusal)]],
        Field(min_length=1, max_length=MAX_BATCH),
    ]

    @property
    def submissions(self) -> Sequence[InteractionCreate | InvalidInput]:
        """Items in their order, with an error in the place of each that cannot be read."""
        return self.items


def command_of(submission: InteractionCreate, admission: Admission, *, default_source: str) -> RecordInteraction:
    """Raises InvalidInput naming the field that breaks a rule."""
    return admission.command_of(
        submission,
        source=submission.source or _fit(default_source),
        source_id=submission.id or str(uuid7()),
        occurred_at=submission.occurred_at,
    )


def _fit(subject: str) -> str:
    """The subject of a token is whatever its issuer likes; a source is one short line."""
    try:
        return _short_text.validate_python(subject)
    except ValidationError:
        raise InvalidInput(
            "the subject of the token does not fit here; name the system it comes from", code="required", field="source"
        ) from None
