"""Local response normalisation: each number divided by how loud its neighbours in other maps are."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.ops.arrays import Array, real_array
from engine.ops.lazy import LazyTrace


class NormInputs(NamedTuple):
    """Checked arguments of local_response_norm."""

    x: Array  # (N, C, H, W), float
    size: int
    alpha: float
    beta: float
    k: float
    batched: bool

    @classmethod
    def of(cls, x: object, size: object, alpha: float, beta: float, k: float) -> Self:
        """Return the arguments, checked. Raises ShapeError or RangeError."""
        values = np.asarray(real_array(x, "x"))
        if values.ndim not in (3, 4):
            raise ShapeError("x must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=values.shape)
        if not (np.isfinite([alpha, beta, k]).all() and alpha >= 0 and k > 0):
            raise RangeError(
                "alpha must not be negative and k must be above 0, got alpha {alpha}, k {k}", alpha=alpha, k=k
            )
        values = values if values.dtype.kind == "f" else values.astype(np.float64)
        batch = values if values.ndim == 4 else values[None]
        return cls(batch, whole(size, "size", minimum=1), alpha, beta, k, values.ndim == 4)

    def neighbours(self, channel: int) -> range:
        """Return the maps around `channel`: size // 2 before it, the others from it on, as far as there are any."""
        first = channel - self.size // 2
        return range(max(first, 0), min(first + self.size, self.x.shape[1]))

    def sums(self, values: Array) -> Array:
        """Return the sum of values (N, C, H, W) over the neighbours of each map."""
        return self._banded(values, [self.neighbours(c) for c in range(values.shape[1])])

    def sums_back(self, values: Array) -> Array:
        """Return for each map the sum of values over those maps whose neighbour it is."""
        count = values.shape[1]
        users = [[d for d in range(count) if c in self.neighbours(d)] for c in range(count)]
        return self._banded(values, [range(own[0], own[-1] + 1) for own in users])

    @staticmethod
    def _banded(values: Array, bands: list[range]) -> Array:
        """Return the sums of values over bands of maps: differences of running sums would lose digits."""
        return np.stack([values[:, band.start : band.stop].sum(axis=1) for band in bands], axis=1)

    @property
    def divisors(self) -> Array:
        """d = k + alpha / size * sum of the neighbours' squares."""
        return np.asarray(self.k + self.alpha / self.size * self.sums(self.x * self.x), self.x.dtype)

    def unbatched(self, values: Array) -> Array:
        """Return values as they were given: without a batch axis if x had none."""
        return values if self.batched else values[0]


def local_response_norm(x: object, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Array:
    """Return x with each number divided by how loud its neighbours in other maps are, at the same place.

    output[n, c, i, j] = x[n, c, i, j] / d ** beta,   d = k + alpha / size * sum over c' of x[n, c', i, j] ** 2

    x         (N, C, H, W) or (C, H, W)
    size      c' runs over this many maps around c; there is nothing before the first and after the last
    returns   shape of x, its dtype, float64 for integers
    AlexNet's paper has k = 2, n = 5, beta = 0.75 and alpha = 1e-4 *without* the division by n; that is
    alpha = 5e-4 here, as in torch.
    Raises ShapeError unless x has 3 or 4 axes, RangeError on a value that is not allowed.
    Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3.
    """
    inputs = NormInputs.of(x, size, alpha, beta, k)
    return inputs.unbatched(np.asarray(inputs.x * inputs.divisors**-beta, inputs.x.dtype))


def local_response_norm_backward(
    grad_output: object, x: object, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Return the gradient of local_response_norm with respect to x.

    dx[c] = dy[c] / d[c] ** beta - 2 alpha beta / size * x[c] * sum of dy[c'] x[c'] / d[c'] ** (beta + 1)

    where c' runs over the maps whose neighbour c is. Raises ShapeError if grad_output has another shape than x.
    """
    inputs = NormInputs.of(x, size, alpha, beta, k)
    grad, wanted = np.asarray(real_array(grad_output, "grad_output")), inputs.unbatched(inputs.x).shape
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the shape of x {wanted}, got {got}", wanted=wanted, got=grad.shape)
    grad, d = grad.reshape(inputs.x.shape).astype(inputs.x.dtype, copy=False), inputs.divisors
    shared = inputs.sums_back(grad * inputs.x * d ** (-beta - 1))
    return inputs.unbatched(grad * d**-beta - 2 * alpha * beta / inputs.size * inputs.x * shared)


@dataclass(frozen=True, slots=True, eq=False)
class NormStep:
    """One output cell: the numbers at its place in the maps around its own."""

    index: tuple[int, int, int, int]  # n, channel, row, column
    channels: range  # its neighbours, itself among them
    window: Array  # (len(channels),): their numbers
    inputs: NormInputs

    @property
    def x(self) -> float:
        """The number that is normalised."""
        number: float = self.window[self.index[1] - self.channels.start].item()
        return number

    @property
    def squares(self) -> Array:
        """Square of each neighbour."""
        return np.asarray(self.window * self.window)

    @property
    def divisor(self) -> float:
        """d = k + alpha / size * sum of the squares, before it is raised to the power beta."""
        return float(self.inputs.k + self.inputs.alpha / self.inputs.size * self.squares.sum().item())

    @property
    def value(self) -> float:
        """The output cell: x / d ** beta."""
        return float(self.x * self.divisor**-self.inputs.beta)


class NormTrace(LazyTrace[NormStep]):
    """The steps of local_response_norm, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: NormInputs) -> None:
        shape = inputs.x.shape
        super().__init__(shape if inputs.batched else shape[1:], shape, inputs.x.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> NormStep:
        """Return the step of output cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        channels = self.inputs.neighbours(c)
        window = np.array(self.inputs.x[n, channels.start : channels.stop, i, j])
        window.flags.writeable = False
        return NormStep((n, c, i, j), channels, window, self.inputs)
