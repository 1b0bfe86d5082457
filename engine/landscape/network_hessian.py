"""The Hessian of a network's loss, without ever writing it down: it has as many rows as there are weights.

A product with a vector costs about as much as two gradients: H v = d/dw (g . v), the gradient of the gradient's
component along v (Pearlmutter 1994, Fast Exact Multiplication by the Hessian). From such products Lanczos' method finds
the eigenvalues at both ends of the spectrum.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.directions import flat
from engine.landscape.network_loss import Loss, unflattened

Vector = NDArray[np.float64]
EVERY = 5  # steps between two looks at what has converged
NOTHING = 1e-10  # a new direction that is shorter than this, of the largest eigenvalue, is rounding


class NetworkHessian:
    """The gradient and the Hessian of a network's loss on some pictures, at its weights or at others.

    x, y      pictures (N, C, H, W) and their labels (N,)
    weights   (P,), in the order of net.parameters(); the network's own if none are given
    """

    def __init__(
        self, net: nn.Module, x: Tensor, y: Tensor, loss: Loss = F.cross_entropy, weights: Tensor | None = None
    ) -> None:
        self.weights = (flat(net) if weights is None else weights.detach().clone()).requires_grad_()
        value = loss(functional_call(net, unflattened(net, self.weights), (x,)), y)
        (self._slope,) = torch.autograd.grad(value, self.weights, create_graph=True)
        self.loss = value.item()

    @property
    def size(self) -> int:
        """P, the number of weights."""
        return len(self.weights)

    @cached_property
    def gradient(self) -> Vector:
        """(P,)"""
        return self._slope.detach().numpy().astype(np.float64)

    def product(self, vector: Vector) -> Vector:
        """Return H v, (P,). Raises ShapeError on a vector of another length."""
        if vector.shape != (self.size,):
            raise ShapeError(
                "a vector must have the length {wanted}, got the shape {got}", wanted=self.size, got=vector.shape
            )
        along = torch.from_numpy(vector).to(self.weights.dtype)
        (found,) = torch.autograd.grad(self._slope, self.weights, along, retain_graph=True)
        return found.numpy().astype(np.float64)


class Extremes(NamedTuple):
    """Eigenvalues at both ends of a spectrum; each is within its bound of an eigenvalue of the matrix."""

    largest: Vector  # (top,), the largest first
    smallest: Vector  # (bottom,), the smallest first
    largest_bounds: Vector
    smallest_bounds: Vector
    products: int  # matrix times vector

    def within(self, tolerance: float) -> bool:
        """Return whether every bound is at most so large a part of its eigenvalue."""
        values, bounds = np.append(self.largest, self.smallest), np.append(self.largest_bounds, self.smallest_bounds)
        return bool((bounds <= tolerance * abs(values)).all())


def extreme_eigenvalues(
    product: Callable[[Vector], Vector],
    size: int,
    *,
    top: int,
    bottom: int,
    seed: int = 0,
    tolerance: float = 1e-3,
    most: int = 200,
) -> Extremes:
    """Return the largest and the smallest eigenvalues of a symmetric matrix that is known by its products alone.

    product     vector (size,) -> matrix times vector
    top, bottom how many; an eigenvalue that the matrix has several times may be found once
    tolerance   of an eigenvalue, relative to it: the products end when all that are wanted are as near as that ...
    most        ... or after so many of them; the bounds tell what was reached
    seed        of the vector that it begins with

    Lanczos (1950): in the basis q of v, Hv, HHv ... the matrix is tridiagonal, T = q.T H q, and the ends of its
    spectrum soon agree with those of H. |H u - t u| of a vector u = q s, where T s = t s, is |beta * s[-1]|, beta the
    length of what is left to the next basis vector: so near to t there is an eigenvalue of H. Each new vector is made
    orthogonal to all before, which rounding would otherwise undo.
    Raises RangeError if there are fewer eigenvalues than are wanted.
    """
    if whole(top, "top", minimum=0) + whole(bottom, "bottom", minimum=0) > size:
        raise RangeError(
            "a matrix of {size} rows has no {top} largest and {bottom} smallest eigenvalues besides",
            size=size,
            top=top,
            bottom=bottom,
        )
    most = min(max(most, top + bottom), size)
    rng = np.random.default_rng(seed)
    basis = np.empty((most, size))
    diagonal, beside = np.zeros(most), np.zeros(most)
    vector = rng.standard_normal(size)
    for step in range(most):
        basis[step] = vector / np.linalg.norm(vector)
        rest = product(basis[step])
        diagonal[step] = basis[step] @ rest
        rest = _orthogonal(rest, basis[: step + 1])
        beside[step] = np.linalg.norm(rest)
        if beside[step] <= NOTHING * abs(diagonal[: step + 1]).max():  # the basis holds all that v leads to
            beside[step], rest = 0.0, _orthogonal(rng.standard_normal(size), basis[: step + 1])
        vector, count = rest, step + 1
        if count >= top + bottom and count % EVERY == 0:
            found = _ends(diagonal[:count], beside[:count], top, bottom, count)
            if found.within(tolerance):
                return found
    return _ends(diagonal, beside, top, bottom, most)


def _orthogonal(vector: Vector, basis: Vector) -> Vector:
    """Return what of a vector is orthogonal to a basis; twice, for the first time leaves rounding."""
    for _ in range(2):
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _ends(diagonal: Vector, beside: Vector, top: int, bottom: int, products: int) -> Extremes:
    """Return the ends of the spectrum of the tridiagonal matrix, with their bounds."""
    tridiagonal = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    values, vectors = np.linalg.eigh(tridiagonal)
    bounds = abs(beside[-1] * vectors[-1])
    high, low = slice(None, -top - 1, -1), slice(None, bottom)
    return Extremes(values[high], values[low], bounds[high], bounds[low], products)
