"""The scoring worker catching up a backlog, beside what a user would write or take instead."""

from benchmarks.scoring.benchmark import SCORING as SCORING

__all__ = ["SCORING"]
