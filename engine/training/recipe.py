"""Everything that decides which weights come out of a training run, besides the data."""

from dataclasses import dataclass, field
from math import cos, pi

from engine.geometry import whole
from engine.training.augment import Augmentation


@dataclass(frozen=True, slots=True)
class Recipe:
    """The same recipe on the same machine gives the same weights, bit for bit.

    The learning rate rises in a straight line over the first steps and falls along half a cosine.
    """

    net: str = "lenet5"
    epochs: int = 20
    seed: int = 0
    batch_size: int = 128
    lr: float = 0.003  # the highest
    rising: float = 0.1  # share of all steps until then
    weight_decay: float = 0.02
    threads: int = 1  # several would cut sums into parts, and round them otherwise on each machine
    augmentation: Augmentation = field(default_factory=Augmentation)

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
