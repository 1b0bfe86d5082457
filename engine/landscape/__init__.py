"""Landscapes: surfaces, the optimizers that walk over them, and what there is to find on the way. NumPy only."""

from engine.landscape.attraction import Basins, basins
from engine.landscape.critical import CriticalPoint, Curvature, critical_points, curvature
from engine.landscape.escape import escaped_at, escapes
from engine.landscape.expression import parse
from engine.landscape.paths import Record, diverged_at, endpoints, record, trajectories, trajectory
from engine.landscape.schedules import SCHEDULES, schedule
from engine.landscape.surface import Surface
from engine.landscape.surfaces import CATALOGUE, SURFACES, ravine
from engine.landscape.table import OPTIMIZERS

__all__ = [
    "CATALOGUE",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "Basins",
    "CriticalPoint",
    "Curvature",
    "Record",
    "Surface",
    "basins",
    "critical_points",
    "curvature",
    "diverged_at",
    "endpoints",
    "escaped_at",
    "escapes",
    "parse",
    "ravine",
    "record",
    "schedule",
    "trajectories",
    "trajectory",
]
