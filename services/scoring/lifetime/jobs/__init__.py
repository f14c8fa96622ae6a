"""Timed and background work on models. Imports nothing: a process that only fits loads no more than that."""
