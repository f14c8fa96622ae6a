"""What the idle platform costs on this machine: seconds until it is ready, and memory of all its processes."""

import asyncio
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from deploy.local.data_folder import DataFolder
from deploy.local.ports import Ports
from deploy.local.stack import BrokerKind, StackOptions, local_stack
from shared.observability.logs import configure_logging
from shared.runtime import run_process, tune_garbage_collection


def measure_memory() -> dict[str, float]:
    """Megabytes per kind of process, this one and all below it, as PSS (proportional set size).

    A page that several processes map, such as PostgreSQL's buffers, counts once, divided among them. Where the system
    does not tell PSS, USS (pages of one process alone) is taken.
    """
    megabytes: dict[str, float] = defaultdict(float)
    own = psutil.Process()
    for process in [own, *own.children(recursive=True)]:
        memory = process.memory_full_info()
        name = "services (python)" if process == own else process.name()
        megabytes[name] += getattr(memory, "pss", memory.uss) / 1_000_000
    return {name: round(value, 1) for name, value in megabytes.items()}


async def measure(folder: DataFolder, broker: BrokerKind, idle_seconds: float) -> dict[str, Any]:
    """Starts the platform over empty data, stops it, starts it again and looks at it while it has nothing to do."""
    options = StackOptions(folder=folder, broker=broker, ports=Ports.any_free(), kafka_port=0)
    async with local_stack(options, _say_nothing):
        first = time.time() - psutil.Process().create_time()
        first_cpu = _cpu_seconds()
    again_from = time.monotonic()
    async with local_stack(options, _say_nothing):
        again = time.monotonic() - again_from
        tune_garbage_collection()
        cpu_before = _cpu_seconds()
        await asyncio.sleep(idle_seconds)
        busy = (_cpu_seconds() - cpu_before) / idle_seconds
        memory = measure_memory()
    return {
        "broker": broker,
        "first_start_seconds": round(first, 1),
        "first_start_cpu_seconds": round(first_cpu, 1),
        "start_again_seconds": round(again, 1),
        "memory_megabytes": round(sum(memory.values()), 1),
        "memory_by_process": memory,
        "idle_cpu_percent_of_a_core": round(busy * 100, 1),
    }


def _cpu_seconds() -> float:
    own = psutil.Process()
    times = [process.cpu_times() for process in [own, *own.children(recursive=True)]]
    return sum(one.user + one.system for one in times)


def _say_nothing(_step: str) -> None:
    """The figures are the only output."""


def main(
    broker: Annotated[BrokerKind, typer.Option(envvar="BROKER")] = "embedded",
    idle_seconds: Annotated[float, typer.Option(help="How long to look at the idle platform.")] = 10.0,
) -> None:
    """Print the figures as JSON, measured over a temporary folder and free ports."""
    figures: dict[str, Any] = {}

    async def run() -> None:
        with tempfile.TemporaryDirectory(prefix="rapport-footprint-") as temporary:
            figures.update(await measure(DataFolder(Path(temporary) / "data"), broker, idle_seconds))

    configure_logging(level="ERROR", output="console")
    status = run_process(run)
    typer.echo(json.dumps(figures, indent=2))
    raise typer.Exit(status)


if __name__ == "__main__":
    typer.run(main)
