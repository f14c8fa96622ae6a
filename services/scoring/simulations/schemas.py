"""What the API says of simulations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.scoring.scores.telling import TENTHS
from services.scoring.simulations.comparison import ABSENT, FIGURES, distribution
from services.scoring.simulations.models import Simulation
from services.scoring.simulations.portion import Findings, read_findings
from services.scoring.simulations.progress import State, percent, seconds_left
from services.scoring.simulations.sketch import EMPTY, Sketch, deciles
from shared.web.schemas import ResponseModel


class SimulationProgress(ResponseModel):
    simulation_id: UUID
    version: int = Field(description="of the draft that is tried")
    revision: int = Field(description="of the draft, as it was when it was asked for")
    compared_with: int = Field(description="version in force when it was asked for")
    state: State
    as_of: datetime = Field(description="instant of both scores, in business time")
    percent: float
    seconds_left: int | None = Field(description="at the speed so far")
    customers: int
    done: int = Field(description="customers compared; or counted, while a draft that counts otherwise does so first")
    moved: int = Field(description="customers of whom at least one class changes")
    skipped: int = Field(description="whom the draft cannot count, for it lacks the rate of a currency")
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None


class TransitionRead(ResponseModel):
    """Customers of one class before and after; those who stay are listed as well."""

    of: str = Field(examples=["loyalty_level"])
    before: str | None = Field(description="null for no class yet", examples=["trusting"])
    after: str | None = Field(examples=["satisfied"])
    customers: int


class ClassDistribution(ResponseModel):
    of: str = Field(examples=["loyalty_level"])
    value: str | None
    before: int = Field(description="customers")
    after: int


class FigureDistribution(ResponseModel):
    """Money in minor units of the reporting currency; satisfaction, loyalty and churn risk in points of 100."""

    customers: int
    total: float
    mean: float | None
    low: float | None
    high: float | None
    deciles: list[float] = Field(description="what 10, 20, … 90 % do not exceed, to within 2.5 %")


class FigureChange(ResponseModel):
    of: str = Field(examples=["current_value"])
    before: FigureDistribution
    after: FigureDistribution


class SimulationRead(SimulationProgress):
    """With what was found so far; complete when the state is done."""

    transitions: list[TransitionRead]
    classes: list[ClassDistribution]
    figures: list[FigureChange]


class DifferingReason(ResponseModel):
    """A reason that only one of both scores has, or has in another measure. `amount` is its part of the figure, as
    it is counted: money in minor units, points in tenths."""

    of: str = Field(examples=["level"])
    rule: str = Field(examples=["level_satisfaction"])
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class SampleRead(ResponseModel):
    of: str
    before: str | None
    after: str | None
    customer_id: UUID
    reasons: list[DifferingReason]


class MoveRead(ResponseModel):
    customer_id: UUID
    classes: dict[str, tuple[str | None, str | None]] = Field(description="those that change: before and after")
    figures: dict[str, tuple[float | None, float | None]] = Field(
        description="those that change: before and after, money in minor units, satisfaction and the like in points"
    )


def show_progress(row: Simulation, wall: datetime) -> SimulationProgress:
    return SimulationProgress.model_validate(_progress(row, wall))


def show_simulation(row: Simulation, wall: datetime) -> SimulationRead:
    return SimulationRead.model_validate({**_progress(row, wall), **_findings(read_findings(row.figures))})


def show_samples(row: Simulation, of: str | None) -> list[SampleRead]:
    return [
        SampleRead.model_validate({"of": name, "before": _value(old), "after": _value(new), **sample})
        for name, rows in read_findings(row.figures).samples.items()
        if of in (None, name)
        for old, to in rows.items()
        for new, kept in to.items()
        for sample in kept
    ]


def show_move(row: Any) -> MoveRead:
    classes = {name: (_value(old), _value(new)) for name, (old, new) in row["classes"].items()}
    figures = {name: tuple(_in_points(name, side) for side in sides) for name, sides in row["figures"].items()}
    return MoveRead.model_validate({"customer_id": row["customer_id"], "classes": classes, "figures": figures})


def _progress(row: Simulation, wall: datetime) -> dict[str, Any]:
    done, running = row.state == "done", row.state == "running"
    share = percent(row.done, row.customers, row.phase, counts_first=row.counts_first, finished=done)
    return {
        **row.model_dump(exclude={"figures", "document"}),
        "percent": share,
        "seconds_left": seconds_left(share, row.started_at, wall) if running else None,
    }


def _findings(findings: Findings) -> dict[str, Any]:
    transitions = findings.comparison.transitions
    return {
        "transitions": [
            {"of": name, "before": _value(old), "after": _value(new), "customers": customers}
            for name, rows in transitions.items()
            for old, to in sorted(rows.items())
            for new, customers in sorted(to.items())
        ],
        "classes": [
            {"of": name, "value": _value(value), "before": before, "after": after}
            for name, rows in transitions.items()
            for value, (before, after) in distribution(rows).items()
        ],
        "figures": [
            {
                "of": name,
                "before": _figure(name, findings.comparison.before.get(name, EMPTY)),
                "after": _figure(name, findings.comparison.after.get(name, EMPTY)),
            }
            for name in FIGURES
        ],
    }


def _figure(name: str, sketch: Sketch) -> dict[str, Any]:
    count = sketch["count"]
    return {
        "customers": count,
        "total": _in_points(name, sketch["total"]),
        "mean": _in_points(name, sketch["total"] / count) if count else None,
        "low": _in_points(name, sketch["low"]),
        "high": _in_points(name, sketch["high"]),
        "deciles": [_in_points(name, one) for one in deciles(sketch)],
    }


def _in_points(name: str, value: float | None) -> float | None:
    """Points are counted in tenths, and shown as everywhere else."""
    return value / 10 if value is not None and name in TENTHS else value


def _value(written: str) -> str | None:
    return None if written == ABSENT else written
