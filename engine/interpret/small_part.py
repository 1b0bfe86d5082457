"""The few numbers around one cell of the way down, small enough to be stepped through by hand."""

from __future__ import annotations

import numpy as np

from engine.interpret.descent import weight_of
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.made_of import Place, SmallPart, Terms
from engine.interpret.projection import Projection


def small_part(passed: ForwardPass, projection: Projection, at: int, place: Place, found: Terms) -> SmallPart | None:
    """Return the part around a cell whose terms are `found`; None where no window holds it, or one is cut off."""
    above, here = projection.stages[at - 1], projection.stages[at]
    stage = passed.net.architecture.stage(here.through)
    if stage.kind not in ("conv2d", "max_pool2d") or not len(found.places):
        return None
    assert stage.kernel_size is not None
    channel = int(found.places[found.strongest[0]][0])
    mine = found.places[found.places[:, 0] == channel][:, 1:]
    low, high = mine.min(axis=0), mine.max(axis=0)
    signals = above.array[channel, low[0] : high[0] + 1, low[1] : high[1] + 1]
    top, left = low * stage.stride - stage.padding
    if stage.kind == "conv2d":
        weight = weight_of(passed, stage)
        numbers = weight[channel, place[0] % weight.shape[1]].detach().numpy()
    else:
        rows, columns = (high - low) * stage.stride + stage.kernel_size
        numbers = passed.values[here.name][channel].numpy()[max(0, top) : top + rows, max(0, left) : left + columns]
        if numbers.shape != (rows, columns):
            return None
    return SmallPart(
        stage.kind,
        stage.kernel_size,
        stage.stride,
        signals,
        np.array(numbers),
        place[1] - int(top),
        place[2] - int(left),
    )
