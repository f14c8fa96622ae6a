"""The score as a function: customers a second, one by one and many at once."""

from benchmarks.scores.benchmark import SCORES as SCORES

__all__ = ["SCORES"]
