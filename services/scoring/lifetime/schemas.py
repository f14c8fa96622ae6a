"""What the API says of models."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field

from services.scoring.lifetime.models import FittedModel, ModelCheck, ModelFit
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS
from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.lifetime.selection import Grounds
from shared.web.schemas import ResponseModel


class SpendParameters(ResponseModel):
    """Gamma-Gamma; gamma in the major unit of the reporting currency."""

    p: float
    q: float
    gamma: float
    customers: int = Field(description="customers with a repeat purchase that it was fitted to")
    log_likelihood: float


class CountBinRead(ResponseModel):
    purchases: int = Field(description="repeat purchases; the last bin stands for that many or more")
    observed: int
    expected: float


class GoodnessRead(ResponseModel):
    """How well the model reproduces how many customers made how many repeat purchases."""

    bins: list[CountBinRead]
    chi_square: float
    degrees_of_freedom: int
    p_value: float | None


class CandidateRead(ResponseModel):
    """A model fitted to everything known; its errors are those it would have made in the hold-out period."""

    model: PurchaseModelName
    parameters: dict[str, float]
    log_likelihood: float
    aic: float
    bic: float
    chi_square: float
    p_value: float | None
    hold_out_group_error: float | None
    hold_out_absolute_error: float | None


class DriftRead(ResponseModel):
    """Purchases since the model was fitted, of the customers it knew (a sample of them, where there are many)."""

    checked_at: datetime
    checked_until: date
    customers: int
    actual: int
    expected: float
    ratio: float | None = Field(description="actual by expected; null where none were expected")
    drifted: bool = Field(description="further apart than the policy tolerates: a new model was asked for")


class SegmentModelRead(ResponseModel):
    """The model of customers who are equal in what the policy told them apart by."""

    segment: str = Field(examples=["organisation"])
    customers: int
    repeat_customers: int
    purchase_model: PurchaseModelName
    grounds: Grounds
    purchases: dict[str, float] = Field(description="parameters, as of everybody's model")
    log_likelihood: float
    goodness: GoodnessRead
    spend: SpendParameters | None = Field(description="everybody's where too few of the segment have bought again")
    candidates: list[CandidateRead]
    checked: bool = Field(description="whether GET /v1/models/{version}/report?segment= tells how it predicted")


class SegmentLackingRead(ResponseModel):
    """A segment of which too little is known: everybody's model is used."""

    segment: str
    reason: str = Field(examples=["too_few_customers"])
    found: float
    needed: float


class ModelRead(ResponseModel):
    version: int
    fitted_at: datetime
    observed_until: date
    policy_version: int
    customers: int
    repeat_customers: int
    purchase_model: PurchaseModelName
    grounds: Grounds = Field(
        description="why this model: fixed by the policy, the reference that none beat, or fits better than it (and "
        "predicts no worse, or could not be checked)"
    )
    purchases: dict[str, float] = Field(
        description="parameters of the model of purchases, per week; see docs/scoring.md",
        examples=[{"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}],
    )
    standard_errors_of_logarithms: dict[str, float] | None = Field(
        description="of the parameters' logarithms: about relative errors; null where the data do not determine them"
    )
    log_likelihood: float
    goodness: GoodnessRead
    spend: SpendParameters | None = Field(description="null where too few customers have bought again")
    candidates: list[CandidateRead] = Field(description="all models of purchases, to compare")
    checked: bool = Field(description="whether GET /v1/models/{version}/report tells how it predicted")
    segment_by: str = Field(description="what customers are told apart by; none: by nothing", examples=["kind"])
    segments: list[SegmentModelRead] = Field(description="with models of their own; the 50 largest are tried")
    segments_lacking: list[SegmentLackingRead]
    drift: DriftRead | None = Field(description="null before the first check")


class GroupRead(ResponseModel):
    repeats: int = Field(description="in the calibration period; the last group stands for that many or more")
    customers: int
    actual: int = Field(description="purchases in the hold-out period")
    expected: float


class HoldOutRead(ResponseModel):
    groups: list[GroupRead]
    customers: int
    actual: int
    expected: float
    group_error: float | None = Field(description="sum of |actual - expected| over the groups, by all actual purchases")
    absolute_error: float = Field(description="per customer, on average")
    root_mean_square_error: float


class CoverageRead(ResponseModel):
    """How many outcomes fell within their intervals, and by the model's own account should have: whole numbers of
    purchases make intervals cover more than `interval`."""

    interval: float
    customers: int
    purchases: float
    purchases_aimed: float
    value: float | None
    value_aimed: float | None


class ReportRead(ResponseModel):
    """How the model, fitted to the calibration period alone, predicted the time after it."""

    version: int
    segment: str | None = Field(description="null: everybody")
    purchase_model: PurchaseModelName
    calibrated_until: date
    held_out_until: date
    weeks: float
    parameters: dict[str, float] = Field(description="as fitted to the calibration period")
    hold_out: HoldOutRead
    coverage: CoverageRead | None


class FitRead(ResponseModel):
    """A request to fit a model. `refused` says what there was too little of."""

    fit_id: UUID
    state: Literal["queued", "running", "done", "refused"]
    cause: Literal["asked", "schedule", "drift"]
    requested_at: datetime
    observed_until: date
    phase: str | None = Field(examples=["fitting pareto_nbd"])
    percent: int
    model_version: int | None
    reason: str | None = Field(examples=["too_few_customers"])
    found: float | None
    needed: float | None


def show_model(model: FittedModel, check: ModelCheck | None = None) -> ModelRead:
    names = PURCHASE_MODELS[model.purchase_model].parameter_names  # type: ignore[index]
    errors = None
    if model.covariance is not None:
        errors = {name: model.covariance[place][place] ** 0.5 for place, name in enumerate(names)}
    report = model.report or {"candidates": [], "check": None}
    return ModelRead.model_validate(
        {
            **model.model_dump(include=_SHOWN_AS_THEY_ARE),
            "purchases": {name: getattr(model, name) for name in names},
            "standard_errors_of_logarithms": errors,
            "spend": None if model.p is None else _show_spend(model),
            "candidates": report["candidates"],
            "checked": report["check"] is not None,
            "drift": None if check is None else show_drift(check),
            **_show_segments(model.segments or {"by": "none", "fitted": {}, "lacking": {}}),
        }
    )


def _show_segments(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "segment_by": kept["by"],
        "segments": [
            {
                **{key: one[key] for key in _SHOWN_OF_SEGMENTS},
                "segment": name,
                "purchases": one["parameters"],
                "candidates": one["report"]["candidates"],
                "checked": one["report"]["check"] is not None,
            }
            for name, one in kept["fitted"].items()
        ],
        "segments_lacking": [{"segment": name, **one} for name, one in kept["lacking"].items()],
    }


_SHOWN_OF_SEGMENTS: Final = (
    "customers",
    "repeat_customers",
    "purchase_model",
    "grounds",
    "log_likelihood",
    "goodness",
    "spend",
)


_SHOWN_AS_THEY_ARE: Final = {
    "version", "fitted_at", "observed_until", "policy_version", "customers", "repeat_customers", "purchase_model",
    "grounds", "log_likelihood", "goodness",
}  # fmt: skip


def _show_spend(model: FittedModel) -> dict[str, object]:
    return {
        "p": model.p,
        "q": model.q,
        "gamma": model.gamma,
        "customers": model.spend_customers,
        "log_likelihood": model.spend_log_likelihood,
    }


def show_drift(check: ModelCheck) -> DriftRead:
    ratio = check.actual / check.expected if check.expected > 0 else None
    return DriftRead.model_validate({**check.model_dump(exclude={"model_version"}), "ratio": ratio})


def show_report(version: int, segment: str | None, purchase_model: str, check: Mapping[str, Any]) -> ReportRead:
    return ReportRead.model_validate(
        {"version": version, "segment": segment, "purchase_model": purchase_model, **check}
    )


def show_fit(fit: ModelFit) -> FitRead:
    return FitRead.model_validate(fit)
