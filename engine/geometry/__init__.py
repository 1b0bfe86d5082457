"""The only shape arithmetic: paddings, output sizes, windows and receptive fields.

Whoever needs to know which input cells a window covers asks here. Plain integers and NumPy;
imports neither torch nor anything of the app.
"""

from engine.geometry.axis import output_size, resolve_padding
from engine.geometry.numbers import LARGEST, IntOrPair, Padding, Sides, Size, pair, whole
from engine.geometry.receptive import ReceptiveField, receptive_field
from engine.geometry.remembered import remembered
from engine.geometry.transposed import transposed_geometry
from engine.geometry.windows import Geometry

__all__ = [
    "LARGEST",
    "Geometry",
    "IntOrPair",
    "Padding",
    "ReceptiveField",
    "Sides",
    "Size",
    "output_size",
    "pair",
    "receptive_field",
    "remembered",
    "resolve_padding",
    "transposed_geometry",
    "whole",
]
