"""What was aimed at, where to find it among the measured figures, and whether it was reached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.harness.output import write_number

Document = Mapping[str, Any]
"""What a benchmark wrote as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`at_least` or `at_most` a figure of a case, of a subject or (`multiple_of`) as a multiple of another subject."""

    about: str
    benchmark: str
    case: str
    bound: float
    at_least: bool = True
    figure: str = "per_second"
    subject: str | None = None
    """Ours, unless another is named."""
    multiple_of: str | None = None
    unit: str = ""

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {write_number(self.bound)}{self.unit}"

    def measured(self, document: Document) -> float | None:
        """The median; None when the document does not have the case."""
        case = next((one for one in document["cases"] if one["name"] == self.case), None)
        if case is None:
            return None
        if self.multiple_of is not None:
            found = case["ours_as_a_multiple_of"].get(self.multiple_of)
            return None if found is None else float(found["median"])
        chosen: Callable[[Mapping[str, Any]], bool] = (
            (lambda one: one["role"] == "ours") if self.subject is None else (lambda one: one["name"] == self.subject)
        )
        subject = next(filter(chosen, case["subjects"]), None)
        return None if subject is None else float(subject["figures"][self.figure]["median"])

    def holds(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    @property
    def command(self) -> str:
        return f"python -m benchmarks {self.benchmark} --only '{self.case}'"


def _latency(case: str, bound: float, figure: str, subject: str, about: str) -> Aim:
    return Aim(
        about=about,
        benchmark="chain",
        case=case,
        bound=bound,
        at_least=False,
        figure=figure,
        subject=subject,
        unit=" ms",
    )


AIMS: Sequence[Aim] = (
    Aim(
        about="single durable POST, against FastAPI + SQLModel",
        benchmark="ingest",
        case="single",
        bound=14,
        multiple_of="FastAPI + SQLModel",
        unit=" ×",
    ),
    Aim(about="single durable POST, per process", benchmark="ingest", case="single", bound=6_000, unit="/s"),
    Aim(
        about="its p99 with 32 connections",
        benchmark="ingest",
        case="single",
        bound=15,
        at_least=False,
        figure="p99_ms",
        unit=" ms",
    ),
    Aim(about="batches of 500, per process", benchmark="ingest", case="batch", bound=40_000, unit="/s"),
    Aim(
        about="batches of 500, against the same rows by unnest",
        benchmark="ingest",
        case="batch",
        bound=0.7,
        multiple_of="the same rows by unnest",
        unit=" ×",
    ),
    Aim(about="inbound topic, per process", benchmark="ingest", case="inbound", bound=40_000, unit="/s"),
    Aim(
        about="scoring worker, against FastStream + SQLModel",
        benchmark="scoring",
        case="uniform",
        bound=80,
        multiple_of="FastStream + SQLModel",
        unit=" ×",
    ),
    Aim(
        about="scoring worker, against quixstreams",
        benchmark="scoring",
        case="uniform",
        bound=1,
        multiple_of="quixstreams",
        unit=" ×",
    ),
    Aim(about="scoring worker, customers uniform", benchmark="scoring", case="uniform", bound=25_000, unit="/s"),
    Aim(about="scoring worker, customers by Zipf", benchmark="scoring", case="zipf", bound=45_000, unit="/s"),
    Aim(
        about="scoring worker, against its SQL alone",
        benchmark="scoring",
        case="uniform",
        bound=0.6,
        multiple_of="its SQL alone",
        unit=" ×",
    ),
    Aim(
        about="memory of a worker catching up a million events",
        benchmark="scoring",
        case="uniform",
        bound=300,
        at_least=False,
        figure="peak_megabytes",
        unit=" MB",
    ),
    Aim(about="whole chain, sustained on Kafka", benchmark="chain", case="sustained, kafka", bound=8_000, unit="/s"),
    Aim(
        about="whole chain, sustained on the embedded broker",
        benchmark="chain",
        case="sustained, embedded",
        bound=5_000,
        unit="/s",
    ),
    _latency("latency at 500/s, kafka", 10, "p50_ms", "to the score", "recorded to scored at 500/s, p50"),
    _latency("latency at 500/s, kafka", 50, "p99_ms", "to the score", "recorded to scored at 500/s, p99"),
    _latency("latency at 500/s, kafka", 150, "p99_ms", "to the message", "recorded to message at 500/s, p99"),
    Aim(
        about="door at 10 million stored, against none",
        benchmark="growth",
        case="door",
        bound=0.85,
        multiple_of="0 stored",
        unit=" ×",
    ),
    Aim(
        about="scoring at 10 million stored, against none",
        benchmark="growth",
        case="scoring",
        bound=0.85,
        multiple_of="0 stored",
        unit=" ×",
    ),
    Aim(
        about="the idle platform, of one core",
        benchmark="footprint",
        case="one process, embedded",
        bound=2,
        at_least=False,
        figure="idle_cpu_percent",
        unit=" %",
    ),
)
