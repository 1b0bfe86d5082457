"""The training loop, as a stream of events, and its state on disk after every epoch."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from time import perf_counter
from zipfile import is_zipfile

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine import nets
from engine.digit import network_input
from engine.errors import FileError
from engine.training.augment import augmented
from engine.training.mnist import Digits
from engine.training.recipe import Recipe

CLASSES = 10
EVERY = 50  # steps between two events


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    epoch: int  # from 1
    epochs: int
    step: int  # of this epoch, from 1
    steps: int
    loss: float  # mean over this epoch so far
    accuracy: float | None  # share of the test digits read right, at the end of an epoch
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to."""

    loss: float
    accuracy: float


@dataclass
class Run:
    """One training run. Iterate over `events()`; killed in between, a new Run with the same arguments goes on.

    After an epoch the weights, the optimizer and the history are in the file `checkpoint`. Random
    numbers need no place in it: each epoch draws its own from the recipe's seed and its number.
    """

    recipe: Recipe
    train: Digits
    test: Digits
    checkpoint: Path
    history: list[Epoch] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Take up the checkpoint if there is one. Raises FileError if it belongs to another run."""
        torch.set_num_threads(self.recipe.threads)
        self.pictures, self.labels = _tensors(self.train)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            self.net = nets.build(self.recipe.net)
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), lr=self.recipe.lr, weight_decay=self.recipe.weight_decay
        )
        if self.checkpoint.exists():
            self._resume()

    @property
    def steps(self) -> int:
        """Steps of one epoch."""
        return -(-len(self.labels) // self.recipe.batch_size)

    def events(self) -> Iterator[Progress]:
        """Train what is left to train, and tell how it goes."""
        for epoch in range(len(self.history), self.recipe.epochs):
            yield from self._epoch(epoch)

    def _epoch(self, epoch: int) -> Iterator[Progress]:
        begin, total = perf_counter(), 0.0
        order = torch.Generator().manual_seed(_seed(self.recipe.seed, epoch))
        torch.manual_seed(_seed(self.recipe.seed, epoch))  # for layers that draw by themselves, as dropout
        batches = torch.split(torch.randperm(len(self.labels), generator=order), self.recipe.batch_size)
        self.net.train()
        for step, batch in enumerate(batches):
            pictures = augmented(self.pictures[batch], self.recipe.augmentation, order)
            total += self._step(epoch * self.steps + step, pictures, self.labels[batch])
            if (step + 1) % EVERY == 0 and step + 1 < self.steps:
                yield self._progress(epoch, step + 1, total / (step + 1), None, begin)
        done = Epoch(total / self.steps, accuracy(self.confusion(self.test)))
        self.history.append(done)
        self._save()
        yield self._progress(epoch, self.steps, done.loss, done.accuracy, begin)

    def _step(self, step: int, pictures: Tensor, labels: Tensor) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.lr_at(step, self.steps * self.recipe.epochs)
        loss = F.cross_entropy(self.net(pictures), labels)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        return loss.item()

    def _progress(self, epoch: int, step: int, loss: float, accuracy: float | None, begin: float) -> Progress:
        left = (self.recipe.epochs - epoch) * self.steps - step
        seconds = (perf_counter() - begin) / step * left
        return Progress(epoch + 1, self.recipe.epochs, step, self.steps, loss, accuracy, seconds)

    def confusion(self, digits: Digits) -> NDArray[np.int64]:
        """Return how many digits of each class (row) are read as each class (column)."""
        pictures, labels = _tensors(digits)
        self.net.eval()
        with torch.inference_mode():
            told = torch.cat([self.net(batch).argmax(dim=1) for batch in torch.split(pictures, 1000)])
        counts = torch.bincount(labels * CLASSES + told, minlength=CLASSES**2)
        return counts.reshape(CLASSES, CLASSES).numpy()

    def _save(self) -> None:
        state = {
            "recipe": asdict(self.recipe),
            "history": [asdict(epoch) for epoch in self.history],
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        content = BytesIO()
        torch.save(state, content)
        write_whole(self.checkpoint, content.getvalue())

    def _resume(self) -> None:
        try:
            if not is_zipfile(self.checkpoint):
                raise UnpicklingError
            state = torch.load(self.checkpoint, weights_only=True)
            recipe = state["recipe"]
        except (RuntimeError, UnpicklingError, KeyError, TypeError):
            raise FileError("{file} is no state of a training run; delete it", file=self.checkpoint) from None
        if recipe != asdict(self.recipe):
            raise FileError(
                "{file} is the state of a run with other settings; use those, delete it, or write to another file",
                file=self.checkpoint,
            )
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.history = [Epoch(**epoch) for epoch in state["history"]]


def accuracy(confusion: NDArray[np.int64]) -> float:
    """Return the share of what was read right."""
    return float(np.trace(confusion) / confusion.sum())


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that a kill leaves the old one or the new one, never a part."""
    part = file.with_name(f"{file.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def _seed(seed: int, epoch: int) -> int:
    return seed * 1_000_000 + epoch + 1  # the weights are drawn from the seed itself


def _tensors(digits: Digits) -> tuple[Tensor, Tensor]:
    starts = range(0, len(digits.pictures), 1000)  # in parts, because normalising computes in float64
    inputs = np.concatenate([network_input(digits.pictures[start : start + 1000]) for start in starts])
    return torch.from_numpy(inputs), torch.from_numpy(digits.labels.astype(np.int64))
