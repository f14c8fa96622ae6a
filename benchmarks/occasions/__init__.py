"""Occasions: a day's greetings planned among ten million customers, and among few."""

from benchmarks.occasions.benchmark import OCCASIONS as OCCASIONS

__all__ = ["OCCASIONS"]
