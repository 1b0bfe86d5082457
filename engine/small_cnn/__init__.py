"""One small CNN from its input to its loss, back to every gradient, and on to the next update.

conv2d -> ReLU -> max_pool2d -> flatten -> linear -> softmax -> cross-entropy, on one picture. Every number
between is kept, in float64; NumPy alone.
"""

from engine.small_cnn.check import Checked, Kinks, gradient_check, kinks
from engine.small_cnn.passes import Activations, Gradients, Parameters, backward, forward, update
from engine.small_cnn.terms import Term, gradient_terms

__all__ = [
    "Activations",
    "Checked",
    "Gradients",
    "Kinks",
    "Parameters",
    "Term",
    "backward",
    "forward",
    "gradient_check",
    "gradient_terms",
    "kinks",
    "update",
]
