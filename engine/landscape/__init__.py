"""Landscapes: surfaces, the optimizers that walk over them, and what there is to find on the way. NumPy only."""

from engine.landscape.expression import parse
from engine.landscape.schedules import SCHEDULES, schedule
from engine.landscape.surface import Surface
from engine.landscape.surfaces import CATALOGUE, SURFACES, ravine
from engine.landscape.table import OPTIMIZERS
from engine.landscape.trajectories import Record, diverged_at, endpoints, record, trajectories, trajectory

__all__ = [
    "CATALOGUE",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "Record",
    "Surface",
    "diverged_at",
    "endpoints",
    "parse",
    "ravine",
    "record",
    "schedule",
    "trajectories",
    "trajectory",
]
