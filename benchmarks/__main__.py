"""`python -m benchmarks NAME [--quick] [--rounds N] [--only CASE] [--json PATH]`: one command per benchmark.

`python -m benchmarks selection` measures what fits into ten minutes.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from benchmarks.chain import CHAIN
from benchmarks.footprint import FOOTPRINT
from benchmarks.growth import GROWTH
from benchmarks.harness.cases import CaseResult
from benchmarks.harness.machine import ROOT
from benchmarks.harness.output import show, write_json
from benchmarks.harness.processes import ProcessFailed
from benchmarks.harness.run import ROUNDS, Benchmark, Order, Scale, carry_out
from benchmarks.ingest import INGEST
from benchmarks.lifetime import LIFETIME
from benchmarks.load.http import LoadRefused
from benchmarks.notification import NOTIFICATION
from benchmarks.occasions import OCCASIONS
from benchmarks.relay import RELAY
from benchmarks.replay import REPLAY
from benchmarks.report import read_documents, rewrite
from benchmarks.scores import SCORES
from benchmarks.scoring import SCORING
from benchmarks.simulation import SIMULATION
from shared.observability.logs import configure_logging

BENCHMARKS = (
    INGEST, RELAY, SCORING, SCORES, LIFETIME, SIMULATION, REPLAY, NOTIFICATION, OCCASIONS, CHAIN, FOOTPRINT, GROWTH,
)  # fmt: skip
SELECTION: tuple[tuple[Benchmark, tuple[str, ...]], ...] = (
    (INGEST, ("single", "batch")),
    (RELAY, ("kafka",)),
    (SCORING, ("uniform",)),
)
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"
EXPLAINED = (ProcessFailed, LoadRefused)
"""Failures whose message alone tells what to do."""

Chosen = Annotated[
    Scale, typer.Option("--scale", help="full as published; quick: good for ratios; smoke: only to see that it runs.")
]
Quick = Annotated[bool, typer.Option("--quick", help="The same as --scale quick.")]
Rounds = Annotated[int, typer.Option(min=1, help="Interleaved runs of each subject.")]
Only = Annotated[list[str] | None, typer.Option("--only", help="This case alone; may be given several times.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures here.")]

_HELP = "What the platform does per second and core, beside its references."
command = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=_HELP)
console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


@command.command()
def selection(
    rounds: Rounds = ROUNDS,
    folder: Annotated[Path | None, typer.Option("--json", help="Write the figures into this folder.")] = None,
) -> None:
    """The door, the relay and the scoring worker with small loads: ten minutes at most."""
    for benchmark, cases in SELECTION:
        order = Order(scale="quick", rounds=rounds, only=frozenset(cases))
        _measure(benchmark, order, None if folder is None else folder / f"{benchmark.name}.json")


@command.command()
def report(
    results: Annotated[Path, typer.Option(help="The folder of the JSON files.")] = RESULTS,
    page: Annotated[Path, typer.Option(help="The page whose tables are written anew.")] = PAGE,
) -> None:
    """Write the tables of docs/performance.md from the JSON of the benchmarks."""
    page.write_text(rewrite(page.read_text(encoding="utf-8"), read_documents(results)), encoding="utf-8")


def _add(benchmark: Benchmark) -> None:
    def measure(
        scale: Chosen = "full",
        quick: Quick = False,
        rounds: Rounds = ROUNDS,
        only: Only = None,
        json_file: JsonFile = None,
    ) -> None:
        order = Order(scale="quick" if quick else scale, rounds=rounds, only=frozenset(only or ()))
        _measure(benchmark, order, json_file)

    command.command(benchmark.name, help=benchmark.about)(measure)


for _benchmark in BENCHMARKS:
    _add(_benchmark)


def _measure(benchmark: Benchmark, order: Order, json_file: Path | None) -> None:
    configure_logging(level="ERROR", output="console")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a Kafka that has just started is not ready for all
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            results, document = runner.run(_cleaning_up(benchmark, order))
        except asyncio.CancelledError:
            console.print("stopped")
            raise typer.Exit(130) from None
        except EXPLAINED as failure:
            console.print(str(failure), style="red", markup=False)
            raise typer.Exit(1) from None
    _show(results, document)
    if json_file is not None:
        write_json(document, json_file)


async def _cleaning_up(benchmark: Benchmark, order: Order) -> tuple[Sequence[CaseResult], dict[str, Any]]:
    """Whoever ends it, the processes it started end and its folder goes."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await carry_out(benchmark, order, console)


def _show(results: Sequence[CaseResult], document: dict[str, Any]) -> None:
    show(results, console)
    for name, note in document["notes"].items():
        console.print(f"  {name}: {note}")


if __name__ == "__main__":
    command()
