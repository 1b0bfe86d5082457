"""How LeNet-5 learns digits."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Generator, Tensor, optim

from engine import nets
from engine.digit import network_input
from engine.nets.network import Network
from engine.training.digit_augment import Augmentation, augmented
from engine.training.examples import Bytes
from engine.training.recipe import Recipe

AT_ONCE = 1000  # digits; in parts, because normalising computes in float64


@dataclass(frozen=True, slots=True)
class DigitRecipe(Recipe):
    """AdamW on digits that other hands might have drawn; the defaults are those of the shipped weights."""

    net: str = "lenet5"
    epochs: int = 20
    batch_size: int = 128
    lr: float = 0.003
    rising: float = 0.1
    weight_decay: float = 0.02
    threads: int = 1
    augmentation: Augmentation = field(default_factory=Augmentation)

    def build(self, num_classes: int) -> Network:
        """Return LeNet-5."""
        return nets.build(self.net, num_classes=num_classes)

    def optimizer(self, net: Network) -> optim.Optimizer:
        """Return AdamW."""
        return optim.AdamW(net.parameters(), lr=self.lr, weight_decay=self.weight_decay)

    def ready(self, pictures: Bytes) -> Tensor:
        """Return digits as the network reads them, float32 (N, 1, 32, 32)."""
        starts = range(0, len(pictures), AT_ONCE)
        return torch.from_numpy(np.concatenate([network_input(pictures[at : at + AT_ONCE]) for at in starts]))

    def batch(self, ready: Tensor, generator: Generator, epoch: int) -> Tensor:
        """Return the digits, each changed within the limits of `augmentation`."""
        return augmented(ready, self.augmentation, generator)

    def examined(self, ready: Tensor, epoch: int) -> Tensor:
        """Return the digits as they are."""
        return ready
