"""What the API says of models."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.scoring.lifetime.models import FittedModel, ModelFit
from shared.web.schemas import ResponseModel


class PurchaseParameters(ResponseModel):
    """BG/NBD, per week; see docs/scoring.md."""

    r: float
    alpha: float
    a: float
    b: float


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


class ModelRead(ResponseModel):
    version: int
    fitted_at: datetime
    observed_until: date
    policy_version: int
    customers: int
    repeat_customers: int
    purchases: PurchaseParameters
    standard_errors_of_logarithms: PurchaseParameters | None = Field(
        description="of ln r, ln alpha, ln a, ln b: about relative errors; null where the data do not determine them"
    )
    log_likelihood: float
    goodness: GoodnessRead
    spend: SpendParameters | None = Field(description="null where too few customers have bought again")


class FitRead(ResponseModel):
    """A request to fit a model. `refused` says what there was too little of."""

    fit_id: UUID
    state: Literal["queued", "running", "done", "refused"]
    requested_at: datetime
    observed_until: date
    model_version: int | None
    reason: str | None = Field(examples=["too_few_customers"])
    found: float | None
    needed: float | None


def show_model(model: FittedModel) -> ModelRead:
    errors = None
    if model.covariance is not None:
        errors = PurchaseParameters(
            **{name: model.covariance[i][i] ** 0.5 for i, name in enumerate(("r", "alpha", "a", "b"))}
        )
    spend = None
    if model.p is not None:
        spend = SpendParameters.model_validate(
            {
                "p": model.p,
                "q": model.q,
                "gamma": model.gamma,
                "customers": model.spend_customers,
                "log_likelihood": model.spend_log_likelihood,
            }
        )
    return ModelRead.model_validate(
        {
            **model.model_dump(include={"version", "fitted_at", "observed_until", "policy_version", "log_likelihood"}),
            "customers": model.customers,
            "repeat_customers": model.repeat_customers,
            "purchases": PurchaseParameters.model_validate(model),
            "standard_errors_of_logarithms": errors,
            "goodness": model.goodness,
            "spend": spend,
        }
    )


def show_fit(fit: ModelFit) -> FitRead:
    return FitRead.model_validate(fit)
