"""What the platform does per second and core, measured through its public doors beside its references.

`python -m benchmarks --help`; the figures and how they were come by are in docs/performance.md.
"""
