"""Gradients by central differences, to check those that are derived."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def numerical_gradient(
    loss: Callable[[NDArray[np.float64]], float], x: NDArray[np.float64], eps: float = 1e-6
) -> NDArray[np.float64]:
    """Return (loss(x + eps) - loss(x - eps)) / (2 * eps) for each entry of x."""
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = eps
        gradient[index] = (loss(x + step) - loss(x - step)) / (2 * eps)
    return gradient
