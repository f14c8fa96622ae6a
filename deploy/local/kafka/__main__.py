"""`python -m deploy.local.kafka run|start|stop|status|fetch`: a Kafka by itself, beside or without the laptop stack."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder
from deploy.local.kafka import DEFAULT_PORT, KafkaCluster, KafkaFailed, KafkaMissing, fetch_jars, ports_from

command = typer.Typer(add_completion=False, no_args_is_help=True, help="A real Apache Kafka on this machine.")
DataDir = Annotated[Path, typer.Option(envvar="DATA_DIR", help="The data folder of the laptop stack.")]
Nodes = Annotated[int | None, typer.Option(help="1 or 3; by default what the folder holds, or 1.")]
FirstPort = Annotated[
    int, typer.Option(envvar="PORT_KAFKA", help="Of the first node; the others follow in steps of 2.")
]


@command.command()
def run(data_dir: DataDir = DEFAULT_DATA_DIR, nodes: Nodes = None, port: FirstPort = DEFAULT_PORT) -> None:
    """Start it, stay until Ctrl-C, stop it."""
    cluster = _start(data_dir, nodes, port)
    typer.echo("Ctrl-C stops it; the data stays.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        _stop(cluster)


@command.command()
def start(data_dir: DataDir = DEFAULT_DATA_DIR, nodes: Nodes = None, port: FirstPort = DEFAULT_PORT) -> None:
    """Start it in the background."""
    _start(data_dir, nodes, port)


@command.command()
def stop(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Stop it; the data stays."""
    _stop(KafkaCluster(DataFolder(data_dir).kafka))


@command.command()
def status(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Tell what runs; the exit status is 1 unless all nodes do."""
    cluster = KafkaCluster(DataFolder(data_dir).kafka)
    for node in cluster.nodes:
        typer.echo(f"node {node.address.number} on port {node.address.port}: {'up' if node.is_running() else 'down'}")
    if not cluster.is_running():
        typer.echo(f"no Kafka runs in {cluster.data_dir}" if not cluster.nodes else "not all nodes run")
        raise typer.Exit(1)


@command.command()
def fetch() -> None:
    """Only download what it needs."""
    with _explained():
        fetch_jars()


def _start(data_dir: Path, nodes: int | None, port: int) -> KafkaCluster:
    with _explained():
        cluster = KafkaCluster(DataFolder(data_dir).kafka, nodes=nodes, ports=ports_from(port))
        cluster.start()
    typer.echo(f"KAFKA_BOOTSTRAP_SERVERS={cluster.bootstrap_servers}")
    return cluster


def _stop(cluster: KafkaCluster) -> None:
    with _explained():
        cluster.stop()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (KafkaMissing, KafkaFailed, ValueError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    command()
