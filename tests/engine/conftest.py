"""Hypothesis draws the same examples in every run and is not timed: the machines are shared."""

from hypothesis import settings

settings.register_profile("engine", deadline=None, derandomize=True, database=None)
settings.load_profile("engine")
