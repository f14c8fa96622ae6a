"""Reads of fitted models and of requests to fit one."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.scoring.lifetime.expectation import LifetimeModel
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.lifetime.models import FittedModel, ModelCheck, ModelFit
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS, make_model
from services.scoring.lifetime.purchasing import PurchaseModelName
from shared.errors import NotFound


class Report(NamedTuple):
    """`check`: the prediction and what came of it, as stored."""

    version: int
    segment: str | None
    purchase_model: str
    check: Mapping[str, Any]


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def find_version(session: AsyncSession, at: datetime | None = None) -> int | None:
    """The version of the model in force, now or at an earlier instant; None where there was none."""
    fitted = select(func.max(FittedModel.version))
    if at is not None:
        fitted = fitted.where(col(FittedModel.fitted_at) <= at)
    return await session.scalar(fitted)


async def is_due(session: AsyncSession, now: datetime, *, every: timedelta) -> bool:
    """Whether none has been asked for since the last multiple of `every` from 1970 on."""
    newest = await session.scalar(select(func.max(ModelFit.requested_at)))
    return newest is None or newest < now - (now - _EPOCH) % every


async def is_fit_pending(session: AsyncSession) -> bool:
    """Whether a model has been asked for and is not there yet."""
    pending = select(ModelFit.fit_id).where(col(ModelFit.state).in_(("queued", "running"))).limit(1)
    return await session.scalar(pending) is not None


async def is_check_due(session: AsyncSession, now: datetime, *, every: timedelta) -> bool:
    """Whether no model has been checked for drift since the last multiple of `every` from 1970 on."""
    newest = await session.scalar(select(func.max(ModelCheck.checked_at)))
    return newest is None or newest < now - (now - _EPOCH) % every


async def read_checks(session: AsyncSession, versions: Collection[int]) -> dict[int, ModelCheck]:
    """The newest check of each of these models that has been checked."""
    checks = (
        select(ModelCheck).where(col(ModelCheck.model_version).in_(versions)).order_by(col(ModelCheck.checked_until))
    )
    return {check.model_version: check for check in await session.scalars(checks)}


async def get_report(session: AsyncSession, version: int, segment: str | None = None) -> Report:
    """How a model, everybody's or a segment's, did in the hold-out period. Raises NotFound for one that was not checked
    on any, and for a segment without a model."""
    model = await get_model(session, version)
    name, report = model.purchase_model, model.report
    if segment is not None:
        fitted = (model.segments or {"fitted": {}})["fitted"]
        if segment not in fitted:
            raise NotFound(
                f"model {version} has no model of the segment {segment}; GET /v1/models/{version} lists its segments",
                code="segment_without_model",
                version=version,
                segment=segment,
            )
        name, report = fitted[segment]["purchase_model"], fitted[segment]["report"]
    if report is None or report["check"] is None:
        raise NotFound(
            f"model {version} was fitted without a check: the time observed, or the sample, was too short to hold some "
            "of it out",
            code="report_missing",
            version=version,
        )
    return Report(version, segment, name, report["check"])


async def get_model(session: AsyncSession, version: int) -> FittedModel:
    model = await session.get(FittedModel, version)
    if model is None:
        raise NotFound(
            f"there is no model {version}; GET /v1/models lists those there are", code="model_unknown", version=version
        )
    return model


async def read_model(session: AsyncSession, version: int) -> LifetimeModel:
    """The model as scores use it."""
    row = await get_model(session, version)
    spend = None
    if row.p is not None and row.q is not None and row.gamma is not None:
        spend = GammaGamma(row.p, row.q, row.gamma)
    covariance = None if row.covariance is None else tuple(tuple(line) for line in row.covariance)
    name: PurchaseModelName = row.purchase_model  # type: ignore[assignment]
    parameters = [getattr(row, parameter) for parameter in PURCHASE_MODELS[name].parameter_names]
    kept = row.segments or {"by": "none", "fitted": {}}
    segments = {segment: _read_segment(version, segment, one) for segment, one in kept["fitted"].items()}
    model = make_model(name, parameters)
    return LifetimeModel(version, model, spend, covariance, segment_by=kept["by"], segments=segments)


def _read_segment(version: int, segment: str, kept: Mapping[str, Any]) -> LifetimeModel:
    name: PurchaseModelName = kept["purchase_model"]
    parameters = [kept["parameters"][parameter] for parameter in PURCHASE_MODELS[name].parameter_names]
    spend, covariance = kept["spend"], kept["covariance"]
    return LifetimeModel(
        version,
        make_model(name, parameters),
        None if spend is None else GammaGamma(spend["p"], spend["q"], spend["gamma"]),
        None if covariance is None else tuple(tuple(line) for line in covariance),
        segment=segment,
    )


async def list_models(session: AsyncSession, *, limit: int, before: int | None) -> list[FittedModel]:
    """The newest first; `before` is the last version of the page before."""
    newest = select(FittedModel).order_by(col(FittedModel.version).desc()).limit(limit)
    if before is not None:
        newest = newest.where(col(FittedModel.version) < before)
    return list(await session.scalars(newest))


async def get_fit(session: AsyncSession, fit_id: UUID) -> ModelFit:
    fit = await session.get(ModelFit, fit_id)
    if fit is None:
        raise NotFound(
            "there is no such request; POST /v1/models/fit makes one and names it",
            code="fit_unknown",
            fit_id=str(fit_id),
        )
    return fit
