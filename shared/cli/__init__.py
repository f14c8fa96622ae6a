"""The command line of a service: `python -m services.<service> api | worker | all | migrate | …`."""

from shared.cli.commands import main as main

__all__ = ["main"]
