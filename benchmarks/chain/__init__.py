"""The whole chain, from a request at the door to a score and a message, with everything on one machine."""

from benchmarks.chain.benchmark import CHAIN as CHAIN

__all__ = ["CHAIN"]
