"""Results as tables for people and as JSON for whoever compares them later."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.harness.cases import UNITS, CaseResult, Measured
from benchmarks.harness.figures import Summary

LABELS = {
    "per_second": "per second",
    "p50_ms": "p50",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "megabytes": "memory",
    "peak_megabytes": "peak memory",
    "own_cpu_us": "own CPU each",
    "postgres_cpu_us": "PostgreSQL CPU each",
    "kafka_cpu_us": "Kafka CPU each",
    "client_cpu_us": "client CPU each",
    "seconds": "time",
    "cpu_seconds": "CPU",
    "idle_cpu_percent": "of a core, idle",
}


def as_document(
    name: str, results: Sequence[CaseResult], *, scale: str, seconds: float, surroundings: dict[str, Any]
) -> dict[str, Any]:
    return {
        "benchmark": name,
        "scale": scale,
        "seconds": round(seconds, 1),
        **surroundings,
        "cases": [_case(result) for result in results],
    }


def write_json(document: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def show(results: Sequence[CaseResult], console: Console) -> None:
    for result in results:
        console.print(_table(result))


def _table(result: CaseResult) -> Table:
    table = Table(title=f"[bold]{result.name}[/bold]: {result.about}", title_justify="left")
    names = [name for name in UNITS if any(name in one.figures for one in result.subjects)]
    table.add_column("subject", no_wrap=True)
    for name in names:
        table.add_column(LABELS[name], justify="right")
    table.add_column("ours is", justify="right")
    ratios = result.ratios()
    for one in result.subjects:
        cells = [write_figure(one.figures[name], name) if name in one.figures else "" for name in names]
        times = f"{ratios[one.name].median:.3g} ×" if one.name in ratios else ""
        table.add_row(_name(one), *cells, times, style="bold" if one.role == "ours" else "")
    return table


def _name(one: Measured) -> str:
    return one.name if one.role == "ours" else f"{one.name} ({one.role})"


def write_figure(summary: Summary, name: str) -> str:
    """The median, and how far the runs lay apart."""
    text = f"{write_number(summary.median)} {UNITS[name]}" if UNITS[name] != "/s" else write_number(summary.median)
    return text if len(summary.runs) == 1 else f"{text} ±{summary.spread / 2:.0%}"


def write_number(value: float) -> str:
    if value >= 1000:
        return f"{round(value, -2 if value >= 10_000 else -1):,.0f}"
    return f"{value:.3g}"


def _case(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "about": result.about,
        "compared": result.compared,
        "subjects": [
            {
                "name": one.name,
                "role": one.role,
                "figures": {name: _summary(summary) for name, summary in one.figures.items()},
            }
            for one in result.subjects
        ],
        "ours_as_a_multiple_of": {name: _summary(summary) for name, summary in result.ratios().items()},
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "median": _rounded(summary.median),
        "low": _rounded(summary.low),
        "high": _rounded(summary.high),
        "spread": round(summary.spread, 3),
        "runs": [_rounded(value) for value in summary.runs],
    }


def _rounded(value: float) -> float:
    """To five significant digits: more than any of this is good for."""
    return float(f"{value:.5g}")
