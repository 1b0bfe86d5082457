"""Everything that decides which weights come out of a training run, besides the data."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import cos, pi

from torch import Generator, Tensor, optim

from engine.geometry import whole
from engine.nets.network import Network
from engine.training.examples import Bytes


@dataclass(frozen=True, slots=True)
class Restart:
    """A second round, from the mean weights of the first: the learning rate rises again (Loshchilov & Hutter 2017)."""

    after: float  # share of the epochs
    lr: float  # the highest of this round
    average: float  # share of the old mean in this round's running mean of the weights


@dataclass(frozen=True, slots=True)
class Recipe(ABC):
    """The same recipe on the same machine gives the same weights, bit for bit.

    The learning rate rises in a straight line over the first steps and falls along half a cosine.
    """

    net: str
    epochs: int
    batch_size: int
    lr: float  # the highest
    rising: float  # share of a round's steps until then
    weight_decay: float
    threads: int  # several cut sums into parts, and round them otherwise on each machine
    seed: int = 0
    label_smoothing: float = 0.0
    clip: float | None = None  # the largest norm of all gradients together
    average: float | None = None  # share of the old mean in a running mean of the weights, which is what is kept
    restart: Restart | None = None
    snapshots: tuple[int, ...] = ()  # epochs after which the weights are written too

    def __post_init__(self) -> None:
        """Refuse what no run can have. Raises RangeError."""
        whole(self.epochs, "epochs", minimum=1)
        whole(self.seed, "seed", minimum=0)

    @property
    def first_round(self) -> int:
        """Epochs before the restart; all of them if there is none."""
        return self.epochs if self.restart is None else round(self.restart.after * self.epochs)

    def lr_at(self, step: int, steps: int) -> float:
        """Return the learning rate of a step, counted from 0, where an epoch takes so many steps."""
        first = self.first_round * steps
        if self.restart is None or step < first:
            return self._risen_and_fallen(self.lr, step, first)
        return self._risen_and_fallen(self.restart.lr, step - first, self.epochs * steps - first)

    def average_at(self, epoch: int) -> float | None:
        """Return the share of the old mean in the running mean, in an epoch counted from 0."""
        return self.average if self.restart is None or epoch < self.first_round else self.restart.average

    def _risen_and_fallen(self, highest: float, step: int, steps: int) -> float:
        peak = max(1, round(self.rising * steps))
        if step < peak:
            return highest * (step + 1) / peak
        return highest * (1 + cos(pi * (step + 1 - peak) / (steps + 1 - peak))) / 2

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
