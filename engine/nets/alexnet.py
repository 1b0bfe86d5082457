"""AlexNet in one tower and without normalisation, as it is used today.

Its state dict has torchvision's keys, so that the official ImageNet weights fit.
"""

from engine.nets.architecture import Architecture, Stage

ALEXNET = Architecture(
    name="alexnet",
    title="AlexNet",
    source="Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks",
    input_shape=(3, 224, 224),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=64, kernel_size=11, stride=4, padding=2, key="features.0"),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2),
        Stage("conv2", "conv2", "conv2d", out_channels=192, kernel_size=5, padding=2, key="features.3"),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=3, stride=2),
        Stage("conv3", "conv3", "conv2d", out_channels=384, kernel_size=3, padding=1, key="features.6"),
        Stage("relu3", "ReLU", "relu"),
        Stage("conv4", "conv4", "conv2d", out_channels=256, kernel_size=3, padding=1, key="features.8"),
        Stage("relu4", "ReLU", "relu"),
        Stage("conv5", "conv5", "conv2d", out_channels=256, kernel_size=3, padding=1, key="features.10"),
        Stage("relu5", "ReLU", "relu"),
        Stage("pool5", "pool5", "max_pool2d", kernel_size=3, stride=2),
        Stage("drop6", "dropout", "dropout", p=0.5),
        Stage("fc6", "fc6", "linear", out_channels=4096, key="classifier.1"),
        Stage("relu6", "ReLU", "relu"),
        Stage("drop7", "dropout", "dropout", p=0.5),
        Stage("fc7", "fc7", "linear", out_channels=4096, key="classifier.4"),
        Stage("relu7", "ReLU", "relu"),
        Stage("fc8", "fc8", "linear", out_channels=1000, key="classifier.6"),
        Stage("softmax", "softmax", "softmax"),
    ),
)
