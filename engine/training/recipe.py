"""Everything that decides which weights come out of a training run, besides the data."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import cos, pi

from torch import Generator, Tensor, optim

from engine.geometry import whole
from engine.nets.network import Network
from engine.training.examples import Bytes


@dataclass(frozen=True, slots=True)
class Recipe(ABC):
    """The same recipe on the same machine gives the same weights, bit for bit.

    The learning rate rises in a straight line over the first steps and falls along half a cosine.
    """

    net: str
    epochs: int
    batch_size: int
    lr: float  # the highest
    rising: float  # share of all steps until then
    weight_decay: float
    threads: int  # several cut sums into parts, and round them otherwise on each machine
    seed: int = 0
    label_smoothing: float = 0.0
    clip: float | None = None  # the largest norm of all gradients together
    average: float | None = None  # share of the old mean in a running mean of the weights, which is what is kept
    snapshots: tuple[int, ...] = ()  # epochs after which the weights are written too

    def __post_init__(self) -> None:
        """Refuse what no run can have. Raises RangeError."""
        whole(self.epochs, "epochs", minimum=1)
        whole(self.seed, "seed", minimum=0)

    def lr_at(self, step: int, steps: int) -> float:
        """Return the learning rate of a step, counted from 0, out of all steps of the run."""
        peak = max(1, round(self.rising * steps))
        if step < peak:
            return self.lr * (step + 1) / peak
        return self.lr * (1 + cos(pi * (step + 1 - peak) / (steps + 1 - peak))) / 2

    @abstractmethod
    def build(self, num_classes: int) -> Network:
        """Return the network as it begins, drawn from torch's random numbers."""

    @abstractmethod
    def optimizer(self, net: Network) -> optim.Optimizer:
        """Return what changes the weights."""

    @abstractmethod
    def ready(self, pictures: Bytes) -> Tensor:
        """Return pictures as they are kept in memory between epochs."""

    @abstractmethod
    def batch(self, ready: Tensor, generator: Generator, epoch: int) -> Tensor:
        """Return what the network sees of a batch in training: each picture changed at random."""

    @abstractmethod
    def examined(self, ready: Tensor, epoch: int) -> Tensor:
        """Return what the network sees of pictures when it is tested after an epoch, counted from 0."""
