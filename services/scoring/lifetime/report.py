"""An analysis as the offline command writes it: JSON with stable keys, documented in docs/scoring.md."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from services.scoring.lifetime.analysis import Analysis
from services.scoring.lifetime.calibration import HoldOut
from services.scoring.lifetime.fitting import PurchaseFit, SpendFit, TooLittleData
from services.scoring.lifetime.purchase_models import parameters_of
from services.scoring.lifetime.splitting import Split
from services.scoring.lifetime.transactions import Transactions, to_date
from services.scoring.policies.policy import LifetimePolicy

FORMAT: Final = "rapport.lifetime.fit/1"

_LACKING: Final[Mapping[str, str]] = {
    "too_few_customers": "customers who bought in the calibration period",
    "too_few_repeat_customers": "customers who bought on two days or more",
    "too_short_a_period": "weeks from the first purchase to the end of the calibration period",
    "no_variation": "distinct histories: all customers bought alike",
}


def describe(lacking: TooLittleData) -> str:
    return f"needed {lacking.needed:g}, found {lacking.found:g} {_LACKING[lacking.reason]}"


def write_report(
    transactions: Transactions, split: Split, analysis: Analysis | TooLittleData, policy: LifetimePolicy
) -> dict[str, Any]:
    """Every key is always there; what there is no answer to is null. No number is infinite or not a number."""
    begun = sum(1 for one in transactions.ledgers if one.purchase_days[0].day <= split.calibrated_until)
    report = {
        "format": FORMAT,
        "status": "refused" if isinstance(analysis, TooLittleData) else "fitted",
        "refusal": _write_refusal(analysis) if isinstance(analysis, TooLittleData) else None,
        "input": {
            "purchases": transactions.purchases,
            "returns": transactions.returns,
            "customers": len(transactions.ledgers),
            "columns": dict(transactions.columns),
            "first_date": to_date(transactions.first_day).isoformat(),
            "last_date": to_date(transactions.last_day).isoformat(),
        },
        "period": {
            "calibrate_until": to_date(split.calibrated_until).isoformat(),
            "hold_out_until": to_date(split.held_out_until).isoformat(),
            "hold_out_weeks": split.weeks,
            "customers_after_calibration": len(transactions.ledgers) - begun,
        },
        "customers": begun,
    }
    if isinstance(analysis, TooLittleData):
        return {**report, **dict.fromkeys(_FINDINGS)}
    return {**report, **_write_findings(analysis, policy)}


_FINDINGS: Final = (
    "repeat_customers", "model", "model_grounds", "parameters", "standard_errors_of_logarithms", "log_likelihood",
    "aic", "bic", "goodness_of_fit", "candidates", "spend", "spend_refusal", "hold_out", "interval_coverage", "outlook",
)  # fmt: skip


def _write_findings(analysis: Analysis, policy: LifetimePolicy) -> dict[str, Any]:
    chosen, spend, hold_out = analysis.chosen.fit, analysis.spend, analysis.chosen.hold_out
    return {
        "repeat_customers": chosen.repeat_customers,
        "model": analysis.choice.name,
        "model_grounds": analysis.choice.grounds,
        **_write_fit(chosen),
        "standard_errors_of_logarithms": standard_errors(chosen),
        "goodness_of_fit": asdict(chosen.goodness),
        "candidates": [write_candidate(one.fit, one.hold_out) for one in analysis.candidates],
        "spend": write_spend(spend) if isinstance(spend, SpendFit) else None,
        "spend_refusal": _write_refusal(spend) if isinstance(spend, TooLittleData) else None,
        "hold_out": None if hold_out is None else asdict(hold_out),
        "interval_coverage": None if analysis.coverage is None else asdict(analysis.coverage),
        "outlook": {
            **asdict(analysis.outlook),
            "horizon_months": policy.horizon_months,
            "discount_per_year": policy.discount_per_year,
        },
    }


def _write_fit(fit: PurchaseFit) -> dict[str, Any]:
    return {
        "parameters": parameters_of(fit.model),
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "bic": fit.bic,
    }


def write_candidate(fit: PurchaseFit, checked: HoldOut | None) -> dict[str, Any]:
    return {
        "model": fit.model.name,
        **_write_fit(fit),
        "chi_square": fit.goodness.chi_square,
        "p_value": fit.goodness.p_value,
        "hold_out_group_error": None if checked is None else checked.group_error,
        "hold_out_absolute_error": None if checked is None else checked.absolute_error,
    }


def write_spend(spend: SpendFit) -> dict[str, Any]:
    return {
        "parameters": asdict(spend.model),
        "customers": spend.customers,
        "log_likelihood": spend.log_likelihood,
    }


def standard_errors(fit: PurchaseFit) -> dict[str, float] | None:
    """Of the parameters' logarithms, about relative errors; None where the data do not determine them."""
    if fit.covariance is None:
        return None
    return {name: fit.covariance[place][place] ** 0.5 for place, name in enumerate(fit.model.parameter_names)}


def _write_refusal(lacking: TooLittleData) -> dict[str, Any]:
    return {**asdict(lacking), "detail": describe(lacking)}
