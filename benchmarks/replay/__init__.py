"""Everybody rebuilt from two million facts."""

from benchmarks.replay.benchmark import REPLAY as REPLAY

__all__ = ["REPLAY"]
