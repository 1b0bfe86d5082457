"""ZFNet: AlexNet with a first layer of smaller windows, closer together, after deconvnet views showed what it missed.

11x11 windows four pixels apart skip the middle frequencies and alias; 7x7 windows two pixels apart do not.
The paper's figure gives 110, 55, 26, 13 and 6 cells a side: these paddings and rounded-up pools lead there.
It normalises after pooling, where AlexNet does before.
"""

from engine.nets.architecture import Architecture, Norm, Stage

ZFNET = Architecture(
    name="zfnet",
    title="ZFNet",
    source="Zeiler & Fergus 2013, Visualizing and Understanding Convolutional Networks",
    input_shape=(3, 224, 224),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=96, kernel_size=7, stride=2, padding=1),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2, ceil_mode=True),
        Stage("norm1", "LRN", "local_response_norm", norm=Norm()),
        Stage("conv2", "conv2", "conv2d", out_channels=256, kernel_size=5, stride=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=3, stride=2, ceil_mode=True),
        Stage("norm2", "LRN", "local_response_norm", norm=Norm()),
        Stage("conv3", "conv3", "conv2d", out_channels=384, kernel_size=3, padding=1),
        Stage("relu3", "ReLU", "relu"),
        Stage("conv4", "conv4", "conv2d", out_channels=384, kernel_size=3, padding=1),
        Stage("relu4", "ReLU", "relu"),
        Stage("conv5", "conv5", "conv2d", out_channels=256, kernel_size=3, padding=1),
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
