"""A draft of a policy tried on a million customers."""

from benchmarks.simulation.benchmark import SIMULATION as SIMULATION

__all__ = ["SIMULATION"]
