"""AlexNet as its paper has it: two towers, normalisation across maps, pooling windows that overlap.

The two towers lived on two graphics cards; conv2, conv4 and conv5 see the maps of their own tower only,
which is a convolution in two groups. The paper prints an input of 224x224, but (224 - 11) / 4 is no whole
number: 55x55 maps need a padding of 2 (as here) or pictures of 227.
"""

from engine.nets.architecture import Architecture, Norm, Stage

ALEXNET_2012 = Architecture(
    name="alexnet-2012",
    title="AlexNet (2012)",
    source="Krizhevsky, Sutskever & Hinton 2012, ImageNet Classification with Deep Convolutional Neural Networks",
    input_shape=(3, 224, 224),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=96, kernel_size=11, stride=4, padding=2),
        Stage("relu1", "ReLU", "relu"),
        Stage("norm1", "LRN", "local_response_norm", norm=Norm()),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2),
        Stage("conv2", "conv2", "conv2d", out_channels=256, kernel_size=5, padding=2, groups=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("norm2", "LRN", "local_response_norm", norm=Norm()),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=3, stride=2),
        Stage("conv3", "conv3", "conv2d", out_channels=384, kernel_size=3, padding=1),
        Stage("relu3", "ReLU", "relu"),
        Stage("conv4", "conv4", "conv2d", out_channels=384, kernel_size=3, padding=1, groups=2),
        Stage("relu4", "ReLU", "relu"),
        Stage("conv5", "conv5", "conv2d", out_channels=256, kernel_size=3, padding=1, groups=2),
        Stage("relu5", "ReLU", "relu"),
        Stage("pool5", "pool5", "max_pool2d", kernel_size=3, stride=2),
        Stage("fc6", "fc6", "linear", out_channels=4096),
        Stage("relu6", "ReLU", "relu"),
        Stage("drop6", "dropout", "dropout", p=0.5),
        Stage("fc7", "fc7", "linear", out_channels=4096),
        Stage("relu7", "ReLU", "relu"),
        Stage("drop7", "dropout", "dropout", p=0.5),
        Stage("fc8", "fc8", "linear", out_channels=1000),
        Stage("softmax", "softmax", "softmax"),
    ),
)
