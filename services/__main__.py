"""The whole platform on a laptop, in one process: `python -m services`. In no image: a cluster runs services alone."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder, DataFolderInUse
from deploy.local.kafka import DEFAULT_PORT, KafkaFailed, KafkaMissing
from deploy.local.ports import Ports, PortsInUse
from deploy.local.postgres import PostgresFailed
from deploy.local.stack import BrokerKind, LocalStack, StackNotReady, StackOptions, local_stack
from shared.clock import SteppedClock, SystemClock
from shared.errors import RapportError
from shared.observability.logs import configure_logging
from shared.runtime import run_process, stop_on_signals, tune_garbage_collection

EXPLAINED = (DataFolderInUse, PortsInUse, PostgresFailed, KafkaMissing, KafkaFailed, StackNotReady, RapportError)
"""Failures whose message alone tells what to do."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def main(
    broker: Annotated[BrokerKind, typer.Option(envvar="BROKER", help="Where events go.")] = "embedded",
    data_dir: Annotated[Path, typer.Option(envvar="DATA_DIR", help="Where everything is kept.")] = DEFAULT_DATA_DIR,
    kafka_port: Annotated[int, typer.Option(envvar="PORT_KAFKA", help="0 for any free one.")] = DEFAULT_PORT,
    clock: Annotated[
        datetime | None, typer.Option(help="Let business time stand here (UTC) until PUT /clock moves it.")
    ] = None,
) -> None:
    """Run PostgreSQL, a broker, a token issuer, a mailbox and all four services until Ctrl-C."""
    try:
        ports = Ports.from_environment(os.environ)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    folder = DataFolder(data_dir)

    async def run() -> None:
        started = time.monotonic()
        business_time = SteppedClock(clock.replace(tzinfo=UTC)) if clock else SystemClock()
        stop = asyncio.Event()
        options = StackOptions(folder=folder, broker=broker, ports=ports, kafka_port=kafka_port, clock=business_time)
        with stop_on_signals(stop):
            async with local_stack(options, lambda step: console.print(step, style="dim")) as stack:
                tune_garbage_collection()
                welcome(stack, time.monotonic() - started)
                await stack.wait(stop)

    with folder.open_log() as log:
        configure_logging(level="INFO", output="json", stream=log)
        raise typer.Exit(_explain_failure(run, folder.log_file))


def _explain_failure(run: Callable[[], Coroutine[Any, Any, None]], log_file: Path) -> int:
    try:
        status = run_process(run)
    except EXPLAINED as error:
        console.print(str(error), style="red", markup=False)
        return 1
    if status == 1:
        console.print(f"the platform ended by a failure; its log is {log_file}", style="red")
    return status


def welcome(stack: LocalStack, seconds: float) -> None:
    console.print(
        f"\n[bold green]Rapport is ready[/bold green] after {seconds:.1f} s, broker: {stack.options.broker}\n"
    )
    for name, url in stack.urls.items():
        console.print(f"  {name:13}{url}{'' if name == 'issuer' else '/docs'}")
    console.print(f"  {'mailbox':13}{stack.options.folder.mailbox}")
    console.print(f"\n  export TOKEN={stack.issuer.mint()}\n", markup=False)
    console.print(f'  curl -H "Authorization: Bearer $TOKEN" {stack.urls["customer"]}/v1/customers\n', markup=False)
    console.print(f"The token is good for an hour; `make token` prints another. Logs: {stack.options.folder.log_file}.")
    console.print("Ctrl-C stops everything; the data stays until `make clean`.")


if __name__ == "__main__":
    typer.run(main)
