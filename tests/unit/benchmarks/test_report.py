"""Figures in the documentation: written between markers, from what the benchmarks left."""

from typing import Any

import pytest

from benchmarks.aims import AIMS, Aim
from benchmarks.harness.cases import CaseResult, Measured
from benchmarks.harness.figures import Summary
from benchmarks.harness.machine import ROOT
from benchmarks.harness.output import as_document
from benchmarks.report import rewrite, write_aims

SURROUNDINGS = {
    "commit": "abc",
    "load_before": {"one_minute": 0.1},
    "machine": {"cpu": "a cpu", "cores": 2, "memory_gigabytes": 8, "system": "Linux"},
    "versions": {"python": "3.11", "postgresql": "18"},
    "notes": {},
}


def document(*ours: float) -> dict[str, Any]:
    subjects = [
        Measured("POST /v1/interactions", "ours", {"per_second": Summary(ours), "p99_ms": Summary((9.0,) * len(ours))}),
        Measured("FastAPI + SQLModel", "reference", {"per_second": Summary((400.0,) * len(ours))}),
    ]
    result = CaseResult("single", "one a request", "per_second", subjects)
    return as_document("ingest", [result], scale="quick", seconds=1.0, surroundings=SURROUNDINGS)


def test_a_document_keeps_medians_runs_and_ratios() -> None:
    [case] = document(6000.0, 8000.0, 7000.0)["cases"]
    figure = case["subjects"][0]["figures"]["per_second"]
    assert (figure["median"], figure["runs"]) == (7000, [6000, 8000, 7000])
    assert case["ours_as_a_multiple_of"] == {
        "FastAPI + SQLModel": {"median": 17.5, "low": 15, "high": 20, "spread": 0.286, "runs": [15, 20, 17.5]}
    }


def test_tables_are_written_between_their_markers_and_nowhere_else() -> None:
    page = "before\n<!-- figures: ingest -->\nold\n<!-- end -->\nbetween\n<!-- figures: chain -->\nkept\n<!-- end -->\n"
    written = rewrite(page, {"ingest": document(7000.0)})
    assert "| **POST /v1/interactions** | 7,000 | 9 ms |  |" in written
    assert "| FastAPI + SQLModel (reference) | 400 |  | 17.5 × |" in written
    assert "old" not in written
    assert written.startswith("before\n")
    assert "between\n<!-- figures: chain -->\nkept\n<!-- end -->\n" in written


def test_the_surroundings_of_each_document_are_told() -> None:
    written = rewrite("<!-- figures: machine -->\n<!-- end -->\n", {"ingest": document(7000.0, 7000.0)})
    assert "- `ingest`: commit abc, quick loads, 2 runs, load before 0.1; a cpu, 2 cores" in written


@pytest.mark.parametrize(("rate", "verdict"), [(6000.0, "reached"), (5999.0, "missed")])
def test_an_aim_is_reached_at_its_bound(rate: float, verdict: str) -> None:
    rows = [line for line in write_aims({"ingest": document(rate)}).splitlines() if "per process" in line]
    assert f"| {verdict} |" in rows[0]
    assert "not measured yet" in rows[1]


def test_an_upper_bound_holds_from_below() -> None:
    aim = Aim(about="", benchmark="ingest", case="single", bound=9, at_least=False, figure="p99_ms")
    assert aim.measured(document(1.0)) == 9
    assert aim.holds(9)
    assert not aim.holds(9.1)


def test_every_aim_has_a_place_in_the_documentation() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "<!-- figures: aims -->" in page
    for name in {aim.benchmark for aim in AIMS}:
        assert f"<!-- figures: {name} -->" in page
