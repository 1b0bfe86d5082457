"""One stage downwards: what each kind of stage makes of a signal that comes from above.

A signal is carried as the part of the value that it can reach and nothing else, which is exact: behind one cell of
AlexNet's conv1 lie 11x11 pixels of 224x224. Each function takes the forward pass, the stage, the signal (c, h, w) and
its box in the stage's value, and returns the signal and its box in what the stage reads.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import conv_transpose2d, fold, pad

from engine.interpret.box import Box, Span
from engine.interpret.forward_pass import ForwardPass
from engine.nets.architecture import Stage
from engine.nets.modules import local_response_norm_backward

Way = Callable[[ForwardPass, Stage, Tensor, Box], tuple[Tensor, Box]]


def filters_transposed(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return conv_transpose2d of the signal with the filters that the convolution has; its bias is not undone.

    down[c, stride i + u - padding, stride j + v - padding] += weight[k, c, u, v] * signal[k, i, j]
    """
    weight, below = weight_of(passed, stage), passed.below(stage)
    filters, maps = len(weight) // stage.groups, weight.shape[1]  # of one group
    first, stop = box.channels[0] // filters, (box.channels[1] - 1) // filters + 1  # groups that the signal is in
    used = box.channels
    if stop - first > 1:
        used = (first * filters, stop * filters)
        signal = _widened(signal, box.channels, used)
    made = _stamped(signal, weight[slice(*used)], stage.stride, stop - first)
    under = box.under(stage, tuple(below.shape), (first * maps, stop * maps))
    top, left = box.corner_under(stage)
    (row, end_row), (column, end_column) = under.rows, under.columns
    return made[:, row - top : end_row - top, column - left : end_column - left], under


def _stamped(signal: Tensor, weight: Tensor, stride: int, groups: int) -> Tensor:
    """Return conv_transpose2d; where stamps lie apart, as one product and a fold, which takes half of its time."""
    if stride == 1 or groups > 1:
        return conv_transpose2d(signal[None], weight, stride=stride, groups=groups)[0]
    kernel, (_, rows, columns) = weight.shape[2], signal.shape
    size = ((rows - 1) * stride + kernel, (columns - 1) * stride + kernel)
    return fold((weight.flatten(1).T @ signal.flatten(1))[None], size, kernel, stride=stride)[0]


def unpooled(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return every number at the place where its window's maximum was on the way up; zeros elsewhere.

    down[c, switches[c, i, j]] += signal[c, i, j]
    Windows that overlap may share a switch. Their numbers are added, as the chain rule wants it.
    """
    return _back(passed, stage, signal, box, adding=True)


def overwritten(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return the same where of windows that share a switch only the last one counts, as with torch's max_unpool2d.

    Wrong wherever windows overlap: of a projection of AlexNet or ZFNet more than half is lost. It is here to be seen.
    """
    return _back(passed, stage, signal, box, adding=False)


def _back(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box, *, adding: bool) -> tuple[Tensor, Box]:
    below = passed.below(stage)
    under = box.under(stage, tuple(below.shape), box.channels)
    (row, end_row), (column, end_column) = under.rows, under.columns
    rows, columns = end_row - row, end_column - column
    places, width = passed.switches[stage.name][box.slices], below.shape[2]
    inside = (places // width - row) * columns + (places % width - column)
    plane = signal.new_zeros((len(signal), rows * columns))
    put = plane.scatter_add_ if adding else plane.scatter_
    put(1, inside.flatten(1), signal.flatten(1))
    return plane.view(-1, rows, columns), under


def norm_gradient(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return the gradient of local response normalisation: neighbours in other maps hear of the signal as well."""
    assert stage.norm is not None
    x, reach = passed.below(stage), stage.norm.size // 2
    used = (max(0, box.channels[0] - reach), min(len(x), box.channels[1] + reach))
    under = box._replace(channels=used)
    made = local_response_norm_backward(_widened(signal, box.channels, used)[None], x[under.slices][None], stage.norm)
    return made[0], under


def passed_through(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return the signal as it is: of dropout, which drops nothing here, and of LRN where it is left out."""
    return signal, box


def weights_transposed(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return weight.T @ signal, in the shape of what the layer reads."""
    below = passed.below(stage)
    made = signal.flatten() @ weight_of(passed, stage)[slice(*box.channels)]
    return made.view(below.shape), Box.whole(tuple(below.shape))


def spread(passed: ForwardPass, stage: Stage, signal: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Return every mean's signal in equal parts on the cells that it is the mean of."""
    _, rows, columns = below = passed.below(stage).shape
    under = Box.whole(tuple(below))._replace(channels=box.channels)
    return (signal / (rows * columns)).expand(-1, rows, columns), under


DOWN: dict[str, Way] = {
    "conv2d": filters_transposed,
    "dropout": passed_through,
    "global_avg_pool2d": spread,
    "linear": weights_transposed,
    "local_response_norm": norm_gradient,
    "max_pool2d": unpooled,
}


def weight_of(passed: ForwardPass, stage: Stage) -> Tensor:
    """Return the weight of a convolution or a linear layer."""
    weight = passed.net.get_submodule(stage.path).weight
    assert isinstance(weight, Tensor)
    return weight


def _widened(signal: Tensor, have: Span, want: Span) -> Tensor:
    """Return the signal with zeros in the channels of `want` that it does not have."""
    before, after = have[0] - want[0], want[1] - have[1]
    return pad(signal, (0, 0, 0, 0, before, after)) if before or after else signal
