"""A case puts subjects side by side: ours, what a user would write instead, and what the machine could do at most."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from benchmarks.harness.figures import Summary, ratio

Role = Literal["ours", "reference", "ceiling"]
Figures = Mapping[str, float]
"""What one run gave: names as in `UNITS`."""

UNITS = {
    "per_second": "/s",
    "p50_ms": "ms",
    "p95_ms": "ms",
    "p99_ms": "ms",
    "megabytes": "MB",
    "peak_megabytes": "MB",
    "own_cpu_us": "µs",
    "postgres_cpu_us": "µs",
    "kafka_cpu_us": "µs",
    "client_cpu_us": "µs",
    "seconds": "s",
    "cpu_seconds": "s",
    "idle_cpu_percent": "%",
}
"""Of every figure there is; those of CPU are per event."""


class Progress(Protocol):
    def advance(self, doing: str) -> None:
        """One run is done, the next one is `doing`."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """Something measured; `measure` makes one run, leaving nothing behind that the next one could notice."""

    name: str
    role: Role
    measure: Callable[[], Awaitable[Figures]]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    about: str
    subjects: Sequence[Subject]
    compared: str = "per_second"
    """The figure by which subjects are compared."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A subject after all rounds: each figure's runs, in their order."""

    name: str
    role: Role
    figures: Mapping[str, Summary]


@dataclass(frozen=True, slots=True)
class CaseResult:
    name: str
    about: str
    compared: str
    subjects: Sequence[Measured]

    def ratios(self) -> dict[str, Summary]:
        """Ours as a multiple of each other subject, by name."""
        ours = next((one for one in self.subjects if one.role == "ours"), None)
        if ours is None:
            return {}
        return {
            other.name: ratio(ours.figures[self.compared], other.figures[self.compared])
            for other in self.subjects
            if other.role != "ours" and self.compared in other.figures
        }


async def run_case(case: Case, rounds: int, progress: Progress) -> CaseResult:
    """Runs the subjects in turn, A B C A B C …, so that whatever changes on the machine changes for all of them."""
    runs: list[list[Figures]] = [[] for _ in case.subjects]
    for number in range(1, rounds + 1):
        for subject, made in zip(case.subjects, runs, strict=True):
            progress.advance(f"{case.name}: {subject.name}, run {number} of {rounds}")
            made.append(await subject.measure())
    measured = [
        Measured(subject.name, subject.role, _summaries(made))
        for subject, made in zip(case.subjects, runs, strict=True)
    ]
    return CaseResult(case.name, case.about, case.compared, measured)


def _summaries(runs: Sequence[Figures]) -> dict[str, Summary]:
    return {name: Summary(tuple(run[name] for run in runs)) for name in runs[0]}
