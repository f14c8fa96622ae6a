"""Removes everything the laptop stack keeps: `make clean`."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder, DataFolderInUse
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer


def remove(folder: DataFolder) -> None:
    """Ends what a crashed stack left running, then removes the folder. Raises DataFolderInUse under a running stack."""
    if not folder.root.exists():
        return
    with folder.locked():
        PostgresServer(folder.postgres).stop()
        KafkaCluster(folder.kafka).stop()
        shutil.rmtree(folder.root)


def main(data_dir: Annotated[Path, typer.Option(envvar="DATA_DIR")] = DEFAULT_DATA_DIR) -> None:
    try:
        remove(DataFolder(data_dir))
    except DataFolderInUse as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
