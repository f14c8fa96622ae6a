"""Removes everything the laptop stack keeps: `make clean`."""

import contextlib
import shutil
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder, DataFolderInUse
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer


def remove(folder: DataFolder) -> None:
    """Ends what a crashed stack left running, then removes the folder, with the demo's inside it.

    Raises DataFolderInUse under a running stack, and then removes nothing.
    """
    if not folder.root.exists():
        return
    inner = [DataFolder(lock.parent) for lock in folder.root.glob("*/lock")]
    with contextlib.ExitStack() as locks:
        for one in [folder, *inner]:
            locks.enter_context(one.locked())
        for one in [folder, *inner]:
            PostgresServer(one.postgres).stop()
            KafkaCluster(one.kafka).stop()
        shutil.rmtree(folder.root)


def main(data_dir: Annotated[Path, typer.Option(envvar="DATA_DIR")] = DEFAULT_DATA_DIR) -> None:
    try:
        remove(DataFolder(data_dir))
    except DataFolderInUse as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
