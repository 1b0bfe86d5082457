"""A network small enough that its whole Hessian can be written down: 2 channels of 5x4, 3 filters, 47 weights."""

import torch

from engine.nets.architecture import Architecture, Stage
from engine.nets.network import Network

TINY = Architecture(
    name="tiny",
    title="Tiny",
    source="",
    input_shape=(2, 5, 4),
    stages=(
        Stage("conv1", "C1", "conv2d", out_channels=3, kernel_size=2),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "S1", "max_pool2d", kernel_size=3, stride=1),
        Stage("fc1", "F1", "linear", out_channels=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("fc2", "F2", "linear", out_channels=3),
        Stage("softmax", "Softmax", "softmax"),
    ),
)
COUNT = 3 * (2 * 4) + 3 + 2 * (3 * 2 * 1) + 2 + 3 * 2 + 3  # each layer: weights, then biases


def tiny_net(seed=0):
    """Return the network in float64."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Network(TINY).double()


def examples(count=7, seed=1):
    """Return pictures (count, 2, 5, 4) and their labels."""
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.randn((count, 2, 5, 4), generator=generator, dtype=torch.float64)
    return pictures, torch.randint(0, 3, (count,), generator=generator)
