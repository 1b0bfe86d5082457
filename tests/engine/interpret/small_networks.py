"""Networks small enough for float64 and for every unit of them: what AlexNet, ZFNet and VGG have, in few numbers."""

import numpy as np
import torch

from engine.nets.architecture import Architecture, Norm, Stage
from engine.nets.network import Network

STRIDE_AND_OVERLAP = Architecture(
    name="stride",
    title="stride, groups, norm, pools that overlap",
    source="",
    input_shape=(3, 19, 17),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=6, kernel_size=3, stride=2, padding=1),
        Stage("relu1", "ReLU", "relu"),
        Stage("norm1", "LRN", "local_response_norm", norm=Norm(size=3, alpha=0.6, k=1.5)),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2),
        Stage("conv2", "conv2", "conv2d", out_channels=8, kernel_size=3, padding=1, groups=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=2, stride=1),
        Stage("fc", "fc", "linear", out_channels=5),
        Stage("relu3", "ReLU", "relu"),
        Stage("drop", "dropout", "dropout", p=0.5),
        Stage("out", "out", "linear", out_channels=4),
        Stage("softmax", "softmax", "softmax"),
    ),
)
ROUNDED_UP = Architecture(
    name="rounded",
    title="pools rounded up and padded, two groups after one, a mean at the end",
    source="",
    input_shape=(2, 13, 14),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=4, kernel_size=2),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2, ceil_mode=True),
        Stage("norm1", "LRN", "local_response_norm", norm=Norm(size=5, alpha=2.0, beta=0.5, k=1.0)),
        Stage("conv2", "conv2", "conv2d", out_channels=6, kernel_size=3, stride=2, padding=2, groups=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=3, stride=1, padding=1),
        Stage("conv3", "conv3", "conv2d", out_channels=6, kernel_size=1, groups=3),
        Stage("relu3", "ReLU", "relu"),
        Stage("gap", "mean", "global_avg_pool2d"),
        Stage("out", "out", "linear", out_channels=3),
        Stage("softmax", "softmax", "softmax"),
    ),
)
SMALL = (STRIDE_AND_OVERLAP, ROUNDED_UP)


def drawn(architecture: Architecture, seed: int = 5) -> Network:
    """Return the network in float64 with weights drawn so that about half of its units are above zero."""
    generator = torch.Generator().manual_seed(seed)
    net = Network(architecture).eval().double()
    with torch.no_grad():
        for name, weight in net.named_parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator, dtype=torch.float64))
            if name.endswith("bias"):
                weight.mul_(0.1)
    return net


def picture(architecture: Architecture, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=architecture.input_shape)


def layers(architecture: Architecture) -> list[str]:
    """Return the stages that have a way down."""
    return [stage.name for stage in architecture.stages if stage.kind != "softmax"]
