"""Landscapes: surfaces, the optimizers that walk over them, and what there is to find on the way. NumPy only."""

from engine.landscape.attraction import Basins, basins
from engine.landscape.chord import Chord, chord, lowest_curvature
from engine.landscape.critical import CriticalPoint, Curvature, critical_points, curvature
from engine.landscape.dead_units import LayerRun, layer_run
from engine.landscape.dimension import (
    Estimate,
    coin_share,
    drawn_eigenvalues,
    drawn_field_shares,
    drawn_index,
    drawn_indices,
    drawn_minima_share,
    index_law,
    minima_share,
    minima_share_limit,
)
from engine.landscape.escape import escaped_at, escapes
from engine.landscape.examples import Terms, examples, lowest, terms
from engine.landscape.expression import parse
from engine.landscape.optimizers import OPTIMIZERS
from engine.landscape.output_descent import OutputRun, output_descent
from engine.landscape.paths import Record, diverged_at, endpoints, record, trajectories, trajectory
from engine.landscape.profile import Profile, profile
from engine.landscape.quadratic import Hessian, quadratic, step_factor, turned, verdict
from engine.landscape.regression import Batches, Regression, two_scales
from engine.landscape.schedules import SCHEDULES, schedule
from engine.landscape.semicircle import semicircle, spectrum
from engine.landscape.surface import Surface
from engine.landscape.surfaces import CATALOGUE, SURFACES, ravine
from engine.landscape.tuning import Tuned, learning_rates, tune

__all__ = [
    "CATALOGUE",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "Basins",
    "Batches",
    "Chord",
    "CriticalPoint",
    "Curvature",
    "Estimate",
    "Hessian",
    "LayerRun",
    "OutputRun",
    "Profile",
    "Record",
    "Regression",
    "Surface",
    "Terms",
    "Tuned",
    "basins",
    "chord",
    "coin_share",
    "critical_points",
    "curvature",
    "diverged_at",
    "drawn_eigenvalues",
    "drawn_field_shares",
    "drawn_index",
    "drawn_indices",
    "drawn_minima_share",
    "endpoints",
    "escaped_at",
    "escapes",
    "examples",
    "index_law",
    "layer_run",
    "learning_rates",
    "lowest",
    "lowest_curvature",
    "minima_share",
    "minima_share_limit",
    "output_descent",
    "parse",
    "profile",
    "quadratic",
    "ravine",
    "record",
    "schedule",
    "semicircle",
    "spectrum",
    "step_factor",
    "terms",
    "trajectories",
    "trajectory",
    "tune",
    "turned",
    "two_scales",
    "verdict",
]
