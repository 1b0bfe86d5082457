"""The Code tab: the same convolution in PyTorch and NumPy, with the numbers of the page."""

from __future__ import annotations

import json

from app.stepper.layer import Layer
from app.tensors import Array


def snippets(layer: Layer) -> dict[str, str]:
    """Return runnable programs that print the page's output, by library."""
    return {"PyTorch": _pytorch(layer), "NumPy": _numpy(layer), "ConvLens": _convlens(layer)}


def literal(values: Array) -> str:
    """Return nested lists; whole numbers keep a decimal point, so every library reads floats."""
    return json.dumps(values.tolist()).replace("]], [[", "]],\n    [[")


def _sides(layer: Layer) -> tuple[int, int, int, int]:
    (top, bottom), (left, right) = layer.geometry.padding
    return top, bottom, left, right


def _pytorch(layer: Layer) -> str:
    top, bottom, left, right = _sides(layer)
    uneven = top != bottom or left != right
    pad = f"x = F.pad(x, ({left}, {right}, {top}, {bottom}))  # left, right, top, bottom\n" if uneven else ""
    padding = 0 if uneven else (top, left)
    flip = "weight = weight.flip(2, 3)  # true convolution\n" if layer.true_convolution else ""
    activated = "out" if layer.activation == "none" else f"torch.{layer.activation}(out)"
    return f"""import torch
import torch.nn.functional as F

x = torch.tensor({literal(layer.x)})
weight = torch.tensor({literal(layer.weight)})
bias = torch.tensor({literal(layer.bias)})
{flip}{pad}
out = F.conv2d(x[None], weight, bias, stride={layer.stride}, padding={padding},
               dilation={layer.dilation}, groups={layer.groups})[0]
print({activated})
"""


def _numpy(layer: Layer) -> str:
    top, bottom, left, right = _sides(layer)
    flip = "weight = weight[:, :, ::-1, ::-1]  # true convolution\n" if layer.true_convolution else ""
    (rows, columns), (gap_h, gap_w) = layer.stride, layer.dilation
    span_h, span_w = layer.geometry.span
    activated = {
        "none": "out",
        "relu": "np.maximum(out, 0)",
        "sigmoid": "1 / (1 + np.exp(-out))",
        "tanh": "np.tanh(out)",
    }[layer.activation]
    return f"""import numpy as np

x = np.array({literal(layer.x)})
weight = np.array({literal(layer.weight)})
bias = np.array({literal(layer.bias)})
{flip}
x = np.pad(x, ((0, 0), ({top}, {bottom}), ({left}, {right})))
windows = np.lib.stride_tricks.sliding_window_view(x, ({span_h}, {span_w}), axis=(1, 2))
windows = windows[:, ::{rows}, ::{columns}, ::{gap_h}, ::{gap_w}]  # C, H_out, W_out, K_h, K_w
groups = {layer.groups}
out = np.concatenate([
    np.einsum("chwuv,fcuv->fhw", part, filters)
    for part, filters in zip(np.split(windows, groups), np.split(weight, groups))
]) + bias[:, None, None]
print({activated})
"""


def _convlens(layer: Layer) -> str:
    flip = "weight = np.flip(weight, (2, 3))  # true convolution\n" if layer.true_convolution else ""
    padding = layer.padding if isinstance(layer.padding, (int, tuple)) else f'"{layer.padding}"'
    name = layer.activation
    activated = "steps.replay()" if name == "none" else f"engine.{name}(steps.replay())"
    return f"""import engine
import numpy as np

x = np.array({literal(layer.x)})
weight = np.array({literal(layer.weight)})
bias = np.array({literal(layer.bias)})
{flip}
steps = engine.trace.conv2d(x, weight, bias, stride={layer.stride}, padding={padding},
                            dilation={layer.dilation}, groups={layer.groups})
print(steps[0])  # one output cell: its window, products and sum
print({activated})
"""
