"""LeNet-5, the network that read the digits on bank cheques, as it is taught today.

The paper's C3 looks at chosen maps of S2 only, its S2 and S4 are averages with a weight and a bias
of their own, its units are scaled tanhs and its output compares with drawn prototypes. Here every
filter of C3 sees all six maps, pooling takes the maximum, units are ReLUs, the output is a softmax.
"""

from engine.nets.architecture import Architecture, Stage

LENET5 = Architecture(
    name="lenet5",
    title="LeNet-5",
    source="LeCun, Bottou, Bengio & Haffner 1998, Gradient-Based Learning Applied to Document Recognition",
    input_shape=(1, 32, 32),  # a digit of 28x28, normalised, with two pixels of background around
    stages=(
        Stage("conv1", "C1", "conv2d", out_channels=6, kernel_size=5),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "S2", "max_pool2d", kernel_size=2, stride=2),
        Stage("conv2", "C3", "conv2d", out_channels=16, kernel_size=5),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "S4", "max_pool2d", kernel_size=2, stride=2),
        Stage("fc1", "C5", "linear", out_channels=120),  # called C5: a 5x5 window covers all of S4
        Stage("relu3", "ReLU", "relu"),
        Stage("fc2", "F6", "linear", out_channels=84),
        Stage("relu4", "ReLU", "relu"),
        Stage("fc3", "Output", "linear", out_channels=10),
        Stage("softmax", "Softmax", "softmax"),
    ),
)
