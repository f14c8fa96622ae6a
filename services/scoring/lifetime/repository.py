"""Fits as rows of their table."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.lifetime.fitting import SpendFit, TooLittleData
from services.scoring.lifetime.modelling import Check, Fit
from services.scoring.lifetime.models import FittedModel, ModelFit
from services.scoring.lifetime.purchase_models import parameters_of
from services.scoring.lifetime.report import write_candidate
from services.scoring.lifetime.transactions import to_date


async def lock_queued(session: AsyncSession) -> ModelFit | None:
    """A request that nobody works on, which nobody can begin with now."""
    queued = select(ModelFit).where(col(ModelFit.state) == "queued").order_by(col(ModelFit.requested_at)).limit(1)
    return await session.scalar(queued.with_for_update())


async def insert_model(
    session: AsyncSession,
    fit: Fit,
    *,
    fit_id: UUID,
    observed_until: date,
    policy_version: int,
    segment_by: str,
    fitted_at: datetime,
) -> FittedModel:
    """Gives the row its version."""
    chosen = fit.purchases
    model = FittedModel(
        fit_id=fit_id,
        policy_version=policy_version,
        fitted_at=fitted_at,
        observed_until=observed_until,
        customers=chosen.customers,
        repeat_customers=chosen.repeat_customers,
        purchase_model=chosen.model.name,
        grounds=fit.grounds,
        log_likelihood=chosen.log_likelihood,
        covariance=None if chosen.covariance is None else [list(row) for row in chosen.covariance],
        goodness=asdict(chosen.goodness),
        report=_write_report(fit),
        segments=_write_segments(fit, segment_by),
        **_parameters(fit),
    )
    if isinstance(fit.spending, SpendFit):
        model.spend_customers, model.spend_log_likelihood = fit.spending.customers, fit.spending.log_likelihood
        model.p, model.q, model.gamma = fit.spending.model.p, fit.spending.model.q, fit.spending.model.gamma
    session.add(model)
    await session.flush()
    return model


def _parameters(fit: Fit) -> dict[str, Any]:
    """Columns are named as the parameters are."""
    return dict(parameters_of(fit.purchases.model))


def _write_segments(fit: Fit, segment_by: str) -> dict[str, Any] | None:
    if not (fit.segments or fit.lacking):
        return None
    fitted = {name: _write_segment(one) for name, one in fit.segments.items()}
    return {"by": segment_by, "fitted": fitted, "lacking": {name: asdict(one) for name, one in fit.lacking.items()}}


def _write_segment(fit: Fit) -> dict[str, Any]:
    """The same as the columns of everybody's model."""
    chosen, spend = fit.purchases, fit.spending
    return {
        "customers": chosen.customers,
        "repeat_customers": chosen.repeat_customers,
        "purchase_model": chosen.model.name,
        "grounds": fit.grounds,
        "parameters": parameters_of(chosen.model),
        "log_likelihood": chosen.log_likelihood,
        "covariance": chosen.covariance,
        "goodness": asdict(chosen.goodness),
        "spend": None
        if isinstance(spend, TooLittleData)
        else {**asdict(spend.model), "customers": spend.customers, "log_likelihood": spend.log_likelihood},
        "report": _write_report(fit),
    }


def _write_report(fit: Fit) -> dict[str, Any]:
    """The candidates as fitted to all that is known, each with its errors in the hold-out period, and the check."""
    checked = {} if fit.check is None else {one.fit.model.name: one.hold_out for one in fit.check.candidates}
    return {
        "candidates": [write_candidate(one, checked.get(one.model.name)) for one in fit.candidates],
        "check": None if fit.check is None else _write_check(fit.check, fit.purchases.model.name),
    }


def _write_check(check: Check, chosen: str) -> dict[str, Any] | None:
    candidate = next(one for one in check.candidates if one.fit.model.name == chosen)
    if candidate.hold_out is None:
        return None
    return {
        "calibrated_until": to_date(check.split.calibrated_until).isoformat(),
        "held_out_until": to_date(check.split.held_out_until).isoformat(),
        "weeks": check.split.weeks,
        "parameters": parameters_of(candidate.fit.model),
        "hold_out": asdict(candidate.hold_out),
        "coverage": None if check.coverage is None else asdict(check.coverage),
    }
