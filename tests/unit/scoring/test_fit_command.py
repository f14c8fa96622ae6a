"""`python -m services.scoring fit`, run as an analyst runs it, on CDNOW and on what cannot be fitted."""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.scoring.app import DEFINITION
from services.scoring.commands import BAD_INPUT, NO_MODEL, fit
from shared.cli.commands import create_cli

CDNOW = ("--separator", "whitespace", "--no-header", "--customer-column", "2", "--date-column", "3",
         "--amount-column", "5", "--calibrate-until", "1997-09-30", "--hold-out-until", "1998-06-30")  # fmt: skip


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(create_cli(DEFINITION, fit), ["fit", "--transactions", str(file), *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fit")


@pytest.fixture(scope="module")
def outcome(cdnow_file: Path, folder: Path) -> Result:
    return run(cdnow_file, *CDNOW, "--json", str(folder / "report.json"), "--plot", str(folder / "plot.svg"))


@pytest.fixture(scope="module")
def report(outcome: Result, folder: Path) -> dict[str, Any]:
    assert outcome.exit_code == 0, outcome.output
    return dict(json.loads((folder / "report.json").read_text()))


def test_the_report_holds_the_published_results(report: dict[str, Any]) -> None:
    assert (report["format"], report["status"], report["refusal"]) == ("rapport.lifetime.fit/1", "fitted", None)
    assert (report["model"], report["model_grounds"]) == ("bg_nbd", "reference")
    assert report["parameters"] == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=5e-4)
    assert report["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert report["goodness_of_fit"]["chi_square"] == pytest.approx(4.82, abs=0.01)
    assert report["spend"]["parameters"] == pytest.approx({"p": 6.25, "q": 3.74, "gamma": 15.44}, abs=0.005)
    assert [one["model"] for one in report["candidates"]] == ["bg_nbd", "mbg_nbd", "pareto_nbd"]
    assert (report["customers"], report["repeat_customers"]) == (2357, 946)
    assert report["period"] == {"calibrate_until": "1997-09-30", "hold_out_until": "1998-06-30",
        "hold_out_weeks": 39.0, "customers_after_calibration": 0}  # fmt: skip


def test_the_report_checks_the_hold_out_period(report: dict[str, Any]) -> None:
    groups = report["hold_out"]["groups"]
    assert [group["actual"] for group in groups] == [334, 306, 298, 156, 157, 112, 112, 407]
    each = [group["expected"] / group["customers"] for group in groups]
    assert each[:6] == pytest.approx([0.23, 0.52, 1.04, 1.52, 2.16, 2.65], abs=0.006)
    assert report["hold_out"]["group_error"] == pytest.approx(0.121, abs=0.001)
    coverage = report["interval_coverage"]
    assert coverage["interval"] == 0.8
    assert coverage["value"] == pytest.approx(coverage["value_aimed"], abs=0.05)
    assert report["outlook"]["horizon_months"] == 36
    assert report["outlook"]["value"] > 0


def test_people_get_tables_and_a_plot(outcome: Result, report: dict[str, Any], folder: Path) -> None:
    assert report["status"] == "fitted"
    for words in ("bg_nbd", "r 0.243, alpha 4.414", "-9582.4", "6.359", "one transaction"):
        assert words in outcome.stdout
    svg = (folder / "plot.svg").read_text()
    assert svg.startswith("<svg")
    assert "<script" not in svg


def test_model_horizon_and_discount_may_be_chosen(cdnow_file: Path) -> None:
    one_period = (*CDNOW[:9], "--calibrate-until", "1997-09-30", "--hold-out-until", "1997-09-30")
    chosen = ("--model", "mbg_nbd", "--horizon-months", "10", "--discount", "0", "--json", "-")
    result = run(cdnow_file, *one_period, *chosen)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["model"], found["model_grounds"]) == ("mbg_nbd", "fixed")
    assert found["parameters"] == pytest.approx({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, abs=6e-4)
    assert (found["hold_out"], found["interval_coverage"]) == (None, None)
    assert (found["outlook"]["horizon_months"], found["outlook"]["discount_per_year"]) == (10, 0)


def write(path: Path, customers: list[list[int]]) -> Path:
    begin = date(2026, 1, 1)
    lines = [f"{who},{begin + timedelta(days=day)},10" for who, days in enumerate(customers) for day in days]
    path.write_text("\n".join(["customer,date,amount", *lines]))
    return path


@pytest.mark.parametrize(
    ("customers", "reason"),
    [
        ([[0, 30, 90]], "too_few_customers"),
        ([[day % 90] for day in range(300)], "too_few_repeat_customers"),
        ([[0, 5]] * 300, "too_short_a_period"),
        ([[0, 5, 100]] * 300, "no_variation"),
    ],
)
def test_degenerate_data_are_refused_with_a_report(tmp_path: Path, customers: list[list[int]], reason: str) -> None:
    result = run(write(tmp_path / "t.csv", customers), "--json", str(tmp_path / "r.json"))
    assert result.exit_code == NO_MODEL, result.output
    found = json.loads((tmp_path / "r.json").read_text())
    assert (found["status"], found["refusal"]["reason"], found["parameters"]) == ("refused", reason, None)
    assert "no model: needed" in result.stdout


def test_equal_amounts_still_give_a_model(tmp_path: Path) -> None:
    source = random.Random(7)
    customers = [sorted({0, *source.sample(range(1, 200), source.choice((0, 1, 3)))}) for _ in range(300)]
    result = run(write(tmp_path / "t.csv", customers), "--calibrate-until", "2026-04-30", "--json", "-")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout, parse_constant=pytest.fail)
    assert found["spend"] is not None
    assert found["outlook"]["value"] == pytest.approx(10 * found["outlook"]["purchases"], rel=0.2)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("customer,date,amount\na,soon,1", (), "line 2 has 'soon' in column date"),
        ("kunde,date,amount\na,2026-01-05,1", (), "--customer-column"),
        ("", (), "is empty"),
        ("customer,date,amount\na,2026-01-05,1", ("--model", "best"), "lifetime.model"),
        ("customer,date,amount\na,2026-01-05,1", ("--calibrate-until", "2025-01-01"), "--calibrate-until"),
        ("customer,date,amount\na,2026-01-05,1", ("--encoding", "utf-99"), "unknown encoding"),
        ("customer,date,amount\na,2026-01-05,1", ("--minimum-customers", "1"), "lifetime.minimum_customers"),
    ],
)
def test_what_must_be_mended_is_said(tmp_path: Path, content: str, options: tuple[str, ...], words: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(content)
    result = run(file, *options)
    assert result.exit_code == BAD_INPUT, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_file_in_another_encoding_or_absent_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("customer,date,amount\nMüller,2026-01-05,1".encode("latin-1"))
    assert "--encoding" in run(tmp_path / "t.csv").stderr
    assert "cannot be read" in run(tmp_path / "gone.csv").stderr
