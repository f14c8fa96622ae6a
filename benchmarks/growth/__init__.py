"""Growth: door and scoring beside what is stored already."""

from benchmarks.growth.benchmark import GROWTH as GROWTH

__all__ = ["GROWTH"]
