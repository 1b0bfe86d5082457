"""How AlexNet and ZFNet learn photos."""

from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor, optim

from engine import nets
from engine.nets.initial import he_
from engine.nets.network import Network
from engine.photo import MEAN, STD
from engine.training.examples import Bytes
from engine.training.photo_augment import PhotoAugmentation, augmented, resized
from engine.training.recipe import Recipe, Restart


@dataclass(frozen=True, slots=True)
class Sides:
    """How wide and high pictures are from some epoch on."""

    after: float  # share of the epochs
    trained: int
    tested: int | None = None  # as those to train on unless told


@dataclass(frozen=True, slots=True)
class PhotoRecipe(Recipe):
    """SGD with Nesterov's momentum; the shipped weights' recipes are in RECIPES.

    The first layer begins with small weights and decays strongly: a filter that learns little then fades
    instead of keeping the noise that it began with. Pictures grow during the run: small ones take a fifth of
    the time. The last ones stay below the size that the network is used on, because a random part of a photo
    shows things larger than the whole photo does (Touvron, Vedaldi, Douze & Jégou 2019).
    """

    net: str = "alexnet-2012"
    epochs: int = 40
    batch_size: int = 64
    lr: float = 0.02
    rising: float = 0.06
    weight_decay: float = 5e-4
    threads: int = 2
    label_smoothing: float = 0.1
    clip: float | None = 5.0
    average: float | None = 0.999
    snapshots: tuple[int, ...] = (1, 2, 5, 10, 20)
    momentum: float = 0.9
    first_scale: float = 0.25  # of the first layer's initial weights, beside what its size asks for
    first_decay: float = 20.0  # times weight_decay, for the first layer
    sides: tuple[Sides, ...] = (Sides(0.0, 96), Sides(0.6, 128), Sides(0.95, 224))
    augmentation: PhotoAugmentation = field(default_factory=PhotoAugmentation)

    def build(self, num_classes: int) -> Network:
        """Return the network with a pooled head, its first layer with smaller weights than the others."""
        net = he_(Network(nets.find(self.net).with_pooled_head(num_classes)))
        with torch.no_grad():
            net.get_submodule("conv1").get_parameter("weight").mul_(self.first_scale)
        return net.channels_last()

    def optimizer(self, net: Network) -> optim.Optimizer:
        """Return SGD; biases do not decay, the first layer's weights decay more."""
        decays = {"conv1.weight": self.weight_decay * self.first_decay}
        groups = [
            {"params": [value], "weight_decay": decays.get(key, 0.0 if value.ndim == 1 else self.weight_decay)}
            for key, value in net.named_parameters()
        ]
        return optim.SGD(groups, lr=self.lr, momentum=self.momentum, nesterov=True)

    def ready(self, pictures: Bytes) -> Tensor:
        """Return photos as they are: as floats they would take four times the memory."""
        return torch.from_numpy(pictures)

    def batch(self, ready: Tensor, generator: Generator, epoch: int) -> Tensor:
        """Return a random part of each photo in random colours, normalised."""
        return _normalised(augmented(ready, self.sides_of(epoch).trained, self.augmentation, generator))

    def examined(self, ready: Tensor, epoch: int) -> Tensor:
        """Return whole photos in the size of that epoch, normalised."""
        sides = self.sides_of(epoch)
        return _normalised(resized(ready, sides.tested or sides.trained))

    def sides_of(self, epoch: int) -> Sides:
        """Return how wide and high the pictures of an epoch are, counted from 0."""
        return [sides for sides in self.sides if epoch >= round(sides.after * self.epochs)][-1]


def _normalised(pictures: Tensor) -> Tensor:
    mean, std = (torch.tensor(values, device=pictures.device).reshape(1, 3, 1, 1) for values in (MEAN, STD))
    return ((pictures - mean) / std).contiguous(memory_format=torch.channels_last)


# ZFNet's first layer computes at four times as many places as AlexNet's, so it learns for fewer epochs.
RECIPES = {
    "alexnet-2012": PhotoRecipe(
        epochs=52,
        sides=(Sides(0.0, 96), Sides(0.46, 128), Sides(0.73, 224), Sides(0.77, 176, tested=224)),
        restart=Restart(after=0.77, lr=0.01, average=0.998),
    ),
    "zfnet": PhotoRecipe(
        net="zfnet",
        epochs=38,
        sides=(Sides(0.0, 96), Sides(0.63, 128), Sides(0.84, 176, tested=224)),
        restart=Restart(after=0.84, lr=0.01, average=0.998),
    ),
}
