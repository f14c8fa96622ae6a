"""`python -m deploy.local.care [--years 2] [--people 20000] [--seed 1] [--json PATH]`."""

import asyncio
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from deploy.local.care.judgement import Verdict, judge
from deploy.local.care.oracle import HOLIDAYS, expected_greetings
from deploy.local.care.population import Person, people
from deploy.local.care.service import CareService, SimulationFailed, open_service
from deploy.local.data_folder import DataFolder
from deploy.local.postgres import PostgresFailed
from shared.observability.logs import configure_logging

OPENS = datetime(2024, 12, 30, tzinfo=UTC)
"""Two days before 2025, which has a leap month (闰六月) and no 29 February."""
_DAYS_OF_A_YEAR = 366

console = Console(stderr=True, highlight=False)


def main(
    years: Annotated[int, typer.Option(min=1, max=20, help="How long it lasts, on a clock moved by hand.")] = 2,
    people_count: Annotated[int, typer.Option("--people", min=1, help="How many customers there are.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the verdict here.")] = None,
) -> None:
    """Greet made-up people for years, on birthdays and holidays, and count what was missing, doubled or unwanted."""
    configure_logging(level="ERROR", output="console")
    days = years * _DAYS_OF_A_YEAR
    try:
        with tempfile.TemporaryDirectory(prefix="rapport-care-") as folder:
            verdict, figures = uvloop.run(simulate(Path(folder), people_count, seed, days))
    except (SimulationFailed, PostgresFailed) as failure:
        console.print(str(failure), style="red", markup=False)
        raise typer.Exit(1) from None
    document = {"years": years, "people": people_count, "seed": seed, **verdict.as_json(), **figures}
    if json_file is not None:
        json_file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    for name, value in document.items():
        console.print(f"  {name:18}{value:,}")
    raise typer.Exit(0 if verdict.holds else 1)


async def simulate(folder: Path, count: int, seed: int, days: int) -> tuple[Verdict, dict[str, Any]]:
    """Lives through `days`; returns the verdict, and how long it took."""
    closes = OPENS + timedelta(days=days)
    population = people(count, seed=seed, opens=OPENS, days=days)
    began = time.perf_counter()
    async with open_service(DataFolder(folder), OPENS, _say) as service:
        await service.keep_holidays(HOLIDAYS)
        with _bar() as bar:
            task = bar.add_task("introducing everybody", total=days)

            def passed(instant: datetime) -> None:
                bar.update(task, completed=(instant - OPENS).days, description=f"{instant:%Y-%m-%d}")

            await _live(service, population, closes, passed)
        sent = list(service.sent)
    expected = await asyncio.to_thread(expected_greetings, population, OPENS, closes)
    verdict = judge({one.number: one for one in population}, expected, sent)
    return verdict, {"seconds": round(time.perf_counter() - began, 1)}


async def _live(
    service: CareService, population: list[Person], closes: datetime, passed: Callable[[datetime], None]
) -> None:
    """From each instant at which something falls due, or somebody says something, to the next."""
    news: dict[datetime, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    for one in population:
        for at, profile in one.tellings():
            news[at].append((at, profile))
    told = sorted(at for at in news if at <= closes)
    while True:
        while told and told[0] <= service.clock.now():
            await service.tell(news[told.pop(0)])
            await service.settle()
        due = await service.next_due()
        instant = min(at for at in (due, told[0] if told else None, closes) if at is not None)
        await service.move_to(instant)
        passed(instant)
        if instant >= closes:
            return


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=40),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _say(step: str) -> None:
    console.print(step, style="dim", markup=False)


if __name__ == "__main__":
    typer.run(main)
