"""VGG-16: nothing but 3x3 windows, thirteen convolutions deep.

Two 3x3 layers see what one 5x5 layer sees, three what a 7x7 layer does, with fewer weights and more ReLUs
in between. Its state dict has torchvision's keys, so that the official ImageNet weights fit.
"""

from engine.nets.architecture import Architecture, Stage

BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))  # channels of each convolution


def _features() -> tuple[Stage, ...]:
    stages = list[Stage]()
    for block, widths in enumerate(BLOCKS, start=1):
        for k, width in enumerate(widths, start=1):
            name, key = f"conv{block}_{k}", f"features.{len(stages)}"
            stages.append(Stage(name, name, "conv2d", out_channels=width, kernel_size=3, padding=1, key=key))
            stages.append(Stage(f"relu{block}_{k}", "ReLU", "relu"))
        stages.append(Stage(f"pool{block}", f"pool{block}", "max_pool2d", kernel_size=2, stride=2))
    return tuple(stages)


VGG16 = Architecture(
    name="vgg16",
    title="VGG-16",
    source="Simonyan & Zisserman 2014, Very Deep Convolutional Networks for Large-Scale Image Recognition",
    input_shape=(3, 224, 224),
    stages=(
        *_features(),
        Stage("fc6", "fc6", "linear", out_channels=4096, key="classifier.0"),
        Stage("relu6", "ReLU", "relu"),
        Stage("drop6", "dropout", "dropout", p=0.5),
        Stage("fc7", "fc7", "linear", out_channels=4096, key="classifier.3"),
        Stage("relu7", "ReLU", "relu"),
        Stage("drop7", "dropout", "dropout", p=0.5),
        Stage("fc8", "fc8", "linear", out_channels=1000, key="classifier.6"),
        Stage("softmax", "softmax", "softmax"),
    ),
)
