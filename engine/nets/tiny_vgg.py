"""Tiny VGG: VGG's pattern small enough to draw whole: two blocks of two convolutions, ten maps in each.

The network that CNN Explainer draws. Widths: 3 -> 10 -> 10 (pool) -> 10 -> 10 (pool) -> 1,690 -> 10 classes;
no padding, so that 64 cells a side become 62, 60, 30, 28, 26 and 13.
"""

from engine.nets.architecture import Architecture, Stage

TINY_VGG = Architecture(
    name="tiny-vgg",
    title="Tiny VGG",
    source="Wang et al. 2020, CNN Explainer: Learning Convolutional Neural Networks with Interactive Visualization",
    input_shape=(3, 64, 64),
    stages=(
        Stage("conv1_1", "conv1_1", "conv2d", out_channels=10, kernel_size=3),
        Stage("relu1_1", "ReLU", "relu"),
        Stage("conv1_2", "conv1_2", "conv2d", out_channels=10, kernel_size=3),
        Stage("relu1_2", "ReLU", "relu"),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=2, stride=2),
        Stage("conv2_1", "conv2_1", "conv2d", out_channels=10, kernel_size=3),
        Stage("relu2_1", "ReLU", "relu"),
        Stage("conv2_2", "conv2_2", "conv2d", out_channels=10, kernel_size=3),
        Stage("relu2_2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=2, stride=2),
        Stage("fc", "fc", "linear", out_channels=10),
        Stage("softmax", "softmax", "softmax"),
    ),
)
