"""Fitting the models of purchases and spend to a million customers."""

from benchmarks.lifetime.benchmark import LIFETIME as LIFETIME

__all__ = ["LIFETIME"]
