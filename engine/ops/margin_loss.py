"""Losses of a classifier beside cross_entropy: of log-probabilities that are there already, and of margins."""

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, real_array
from engine.ops.cellwise import floats
from engine.ops.class_target import IGNORED, Classes, classes_last
from engine.ops.rectifiers import checked_number
from engine.ops.reduction import checked_reduction, reduced, spread


def nll_loss(
    x: object, target: object, weight: object = None, *, ignore_index: int = IGNORED, reduction: str = "mean"
) -> Array:
    """Return -weight[target[n]] * x[n, target[n]]: minus the log-probability of the right class.

    x              log-probabilities, (C,), (N, C) or (N, C, ...)
    target         classes 0..C-1, the shape of x without C; ignore_index counts nothing
    weight         (C,) what each class counts, or None: 1
    reduction      "mean": the sum over the sum of what the samples count; "sum"; "none": one loss for each sample
    returns        () or the shape of x without C; dtype of x, float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError on a class that is not there.
    """
    values, _, classes = _classified(x, target, weight, ignore_index)
    counts = classes.counts
    losses = np.asarray(-classes.chosen(values) * counts, values.dtype)
    return reduced(losses, checked_reduction(reduction), float(counts.sum()))


def nll_loss_backward(
    grad_output: object,
    x: object,
    target: object,
    weight: object = None,
    *,
    ignore_index: int = IGNORED,
    reduction: str = "mean",
) -> Array:
    """Return the gradient of nll_loss: -weight[target[n]] at the right class of each sample, 0 elsewhere.

    Raises ShapeError unless grad_output has the shape of the loss; otherwise as nll_loss.
    """
    values, axis, classes = _classified(x, target, weight, ignore_index)
    counts, kind = classes.counts, checked_reduction(reduction)
    each = spread(grad_output, counts.shape, kind, float(counts.sum())) * counts
    gradient = -each[..., None] * classes.onehot()
    return np.asarray(np.moveaxis(gradient, -1, axis), values.dtype)


def multi_margin_loss(
    x: object, target: object, p: int = 1, margin: float = 1.0, weight: object = None, *, reduction: str = "mean"
) -> Array:
    """Return the mean over all classes of how far each wrong one comes within margin of the right one.

    loss[n] = weight[y] / C * sum over c != y of max(0, margin - x[n, y] + x[n, c]) ** p,   y = target[n]

    x        scores, (C,) or (N, C)
    target   classes 0..C-1, the shape of x without C
    p        1 or 2
    weight   (C,) or None: 1
    returns  () or (N,); dtype of x, float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError on another p or a class that is not there.
    Source: Crammer & Singer 2001; the mean over the classes as torch.
    """
    values, classes, short, power = _margins(x, target, p, margin, weight)
    losses = (short**power).sum(axis=-1) * classes.counts / values.dtype.type(values.shape[-1])
    return reduced(np.asarray(losses, values.dtype), checked_reduction(reduction))


def multi_margin_loss_backward(
    grad_output: object,
    x: object,
    target: object,
    p: int = 1,
    margin: float = 1.0,
    weight: object = None,
    *,
    reduction: str = "mean",
) -> Array:
    """Return the gradient of multi_margin_loss: each wrong class within the margin is lowered, the right one raised.

    Raises ShapeError unless grad_output has the shape of the loss; otherwise as multi_margin_loss.
    """
    values, classes, short, power = _margins(x, target, p, margin, weight)
    each = spread(grad_output, classes.places.shape, checked_reduction(reduction)) * classes.counts
    slopes = (short > 0) * (power * short ** (power - 1)) / values.shape[-1]
    np.put_along_axis(slopes, classes.places[..., None], -slopes.sum(axis=-1, keepdims=True), axis=-1)
    return np.asarray(each[..., None] * slopes, values.dtype)


def _classified(x: object, target: object, weight: object, ignore_index: int | None) -> tuple[Array, int, Classes]:
    """Return x with its classes on the last axis, where they were, and the checked target."""
    scores, wanted = floats(x), np.asarray(real_array(target, "target"))
    if scores.ndim == 0:
        raise ShapeError("x must be (C,), (N, C) or (N, C, ...), got shape {shape}", shape=scores.shape)
    values, axis = classes_last(scores)
    if wanted.shape != values.shape[:-1]:
        raise ShapeError(
            "target must hold one class for each sample {wanted}, got shape {got}",
            wanted=values.shape[:-1],
            got=wanted.shape,
        )
    return values, axis, Classes.of(wanted, values.shape, weight, ignore_index, values.dtype)


def _margins(x: object, target: object, p: int, margin: float, weight: object) -> tuple[Array, Classes, Array, int]:
    """Return scores, classes, how much each wrong class is short of the margin (..., C), and the power."""
    if p not in (1, 2):
        raise RangeError("p must be 1 or 2, got {got}", got=repr(p)[:40])
    scores, wide = floats(x), checked_number(margin, "margin")
    if scores.ndim not in (1, 2):
        raise ShapeError("x must be (C,) or (N, C), got shape {shape}", shape=scores.shape)
    values, _, classes = _classified(scores, target, weight, None)
    short = np.maximum(wide - classes.chosen(values)[..., None] + values, 0)
    np.put_along_axis(short, classes.places[..., None], 0, axis=-1)
    return values, classes, short, p
