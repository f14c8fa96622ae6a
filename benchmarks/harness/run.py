"""A benchmark by name, and how one is carried out from the site to the last line of its document."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.harness.cases import Case, CaseResult, run_case
from benchmarks.harness.machine import (
    describe_commit,
    describe_machine,
    describe_versions,
    load_average,
    postgres_version,
)
from benchmarks.harness.output import as_document
from benchmarks.harness.site import Site, kafka_version, open_site
from deploy.local.kafka import KafkaMissing

ROUNDS = 5
Scale = Literal["full", "quick", "smoke"]
"""Of the loads: as large as figures are published for, large enough for ratios, large enough to see that all works."""


class Bar:
    """Shows what is being done, to people; a run more is a step of the bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def advance(self, doing: str) -> None:
        self._progress.update(self._task, description=doing, advance=1)

    def say(self, doing: str) -> None:
        self._progress.update(self._task, description=doing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for; `only` names cases, none means all of them."""

    scale: Scale = "full"
    rounds: int = ROUNDS
    only: frozenset[str] = frozenset()


@dataclass(slots=True)
class Bench:
    """What a benchmark is given, and where it puts its results."""

    site: Site
    order: Order
    progress: Bar
    results: list[CaseResult] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    """What else was found, for the document: shapes of rows, doors that this version does not have."""

    def size(self, full: int, quick: int) -> int:
        """How many, or how long, at the scale that was asked for."""
        match self.order.scale:
            case "full":
                return full
            case "quick":
                return quick
            case "smoke":
                return max(1, quick // 20)

    def wants(self, case: str) -> bool:
        return not self.order.only or case in self.order.only

    async def run(self, case: Case) -> None:
        """Measures the case, if it is wanted, and keeps its result."""
        if self.wants(case.name):
            self.results.append(await run_case(case, self.order.rounds, self.progress))


@dataclass(frozen=True, slots=True)
class Benchmark:
    name: str
    about: str
    carry_out: Callable[[Bench], Awaitable[None]]


async def carry_out(
    benchmark: Benchmark, order: Order, console: Console
) -> tuple[Sequence[CaseResult], dict[str, Any]]:
    """Its results, and the document of them."""
    began = time.monotonic()
    before = load_average()
    with _bar(console) as bar:
        bar.say(f"{benchmark.name}: starting PostgreSQL")
        async with open_site() as site:
            bench = Bench(site, order, bar)
            await benchmark.carry_out(bench)
            versions = describe_versions(await postgres_version(site.postgres), _kafka_version())
    surroundings = {
        "commit": describe_commit(),
        "machine": describe_machine(),
        "load_before": before,
        "versions": versions,
        "notes": bench.notes,
    }
    seconds = time.monotonic() - began
    document = as_document(benchmark.name, bench.results, scale=order.scale, seconds=seconds, surroundings=surroundings)
    return bench.results, document


def _kafka_version() -> str | None:
    try:
        return kafka_version()
    except KafkaMissing:
        return None


@contextmanager
def _bar(console: Console) -> Iterator[Bar]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress)
