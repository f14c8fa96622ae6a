"""The report as a person reads it in a terminal: tables of what the JSON says."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table


def tables(report: Mapping[str, Any]) -> Iterator[Table | str]:
    """Takes what `write_report` gives."""
    yield _overview(report)
    if report["refusal"] is not None:
        yield f"no model: {report['refusal']['detail']}"
        return
    yield _candidates(report)
    if report["spend"] is None:
        yield f"no model of spend: {report['spend_refusal']['detail']}"
    else:
        yield f"gamma_gamma of {report['spend']['customers']} customers: {_numbers(report['spend']['parameters'])}"
    if report["hold_out"] is not None:
        yield _groups(report)
        yield _coverage(report["interval_coverage"])
    yield _outlook(report["outlook"])


def _overview(report: Mapping[str, Any]) -> str:
    told, period = report["input"], report["period"]
    return (
        f"{told['purchases']} purchases and {told['returns']} returns of {told['customers']} customers, "
        f"{told['first_date']} to {told['last_date']}; purchases of one customer and day are one transaction\n"
        f"calibrated on {report['customers']} customers until {period['calibrate_until']}, "
        f"checked until {period['hold_out_until']}"
    )


def _candidates(report: Mapping[str, Any]) -> Table:
    table = Table("", "model", "parameters", "log-likelihood", "BIC", "chi-square", "p", "hold-out error")
    for one in report["candidates"]:
        table.add_row(
            "*" if one["model"] == report["model"] else "",
            one["model"],
            _numbers(one["parameters"]),
            f"{one['log_likelihood']:.1f}",
            f"{one['bic']:.1f}",
            f"{one['chi_square']:.2f}",
            _share(one["p_value"], 3),
            _share(one["hold_out_group_error"], 3),
        )
    table.caption = f"* chosen: {report['model_grounds']}"
    return table


def _groups(report: Mapping[str, Any]) -> Table:
    table = Table("repeats", "customers", "actual", "expected", "actual each", "expected each")
    groups = report["hold_out"]["groups"]
    for one in groups:
        each = max(one["customers"], 1)
        table.add_row(
            f"{one['repeats']}{'+' if one is groups[-1] else ''}",
            str(one["customers"]),
            str(one["actual"]),
            f"{one['expected']:.1f}",
            f"{one['actual'] / each:.3f}",
            f"{one['expected'] / each:.3f}",
        )
    table.title = f"purchases in the {report['period']['hold_out_weeks']:.1f} weeks held out"
    return table


def _coverage(coverage: Mapping[str, Any] | None) -> str:
    if coverage is None:
        return "no customer to check intervals on"
    return (
        f"intervals that are to cover {coverage['interval']:.0%} cover {coverage['purchases']:.1%} of purchases "
        f"(by the model {coverage['purchases_aimed']:.1%}) and {_percent(coverage['value'])} of values "
        f"(by the model {_percent(coverage['value_aimed'])}); {coverage['customers']} customers"
    )


def _outlook(outlook: Mapping[str, Any]) -> str:
    value = "unknown" if outlook["value"] is None else f"{outlook['value']:,.2f}"
    return (
        f"within {outlook['horizon_months']} months: {outlook['purchases']:,.1f} purchases expected, present value "
        f"{value} at {outlook['discount_per_year']:.1%} a year"
    )


def _numbers(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in parameters.items())


def _share(number: float | None, digits: int) -> str:
    return "" if number is None else f"{number:.{digits}f}"


def _percent(number: float | None) -> str:
    return "no share" if number is None else f"{number:.1%}"
