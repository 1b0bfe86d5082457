"""The training loop, as a stream of events, and its state on disk after every epoch."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from time import perf_counter
from typing import cast
from zipfile import is_zipfile

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from engine.errors import FileError
from engine.nets.network import Network
from engine.training.examples import Examples
from engine.training.recipe import Recipe
from engine.weights import Manifest

EVERY = 50  # steps between two events
TESTED = 100  # pictures at once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    epoch: int  # from 1
    epochs: int
    step: int  # of this epoch, from 1
    steps: int
    loss: float  # mean over this epoch so far
    accuracy: float | None  # share of the test pictures read right, at the end of an epoch
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
    It runs on a GPU where torch finds one.
    """

    recipe: Recipe
    train: Examples
    test: Examples
    checkpoint: Path
    history: list[Epoch] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Take up the checkpoint if there is one. Raises FileError if it belongs to another run."""
        torch.set_num_threads(self.recipe.threads)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.pictures, self.labels = self._tensors(self.train)
        with torch.random.fork_rng():
            torch.manual_seed(self.recipe.seed)
            self.learning = self.recipe.build(len(self.train.classes)).to(self.device)
        self.average = self.recipe.average
        self.mean = self._running_mean()
        self.optimizer = self.recipe.optimizer(self.learning)
        if self.checkpoint.exists():
            self._resume()

    @property
    def net(self) -> Network:
        """The network that is tested and kept: the mean of the weights where the recipe takes one."""
        return self.learning if self.mean is None else cast("Network", self.mean.module)

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
        if epoch == self.recipe.first_round:
            self._restart()
        self.average = self.recipe.average_at(epoch)
        order = torch.Generator().manual_seed(_seed(self.recipe.seed, epoch))
        torch.manual_seed(_seed(self.recipe.seed, epoch))  # for layers that draw by themselves, as dropout
        batches = torch.split(torch.randperm(len(self.labels), generator=order), self.recipe.batch_size)
        self.learning.train()
        for step, batch in enumerate(batches):
            pictures = self.recipe.batch(self.pictures[batch].to(self.device), order, epoch)
            total += self._step(epoch * self.steps + step, pictures, self.labels[batch].to(self.device))
            if (step + 1) % EVERY == 0 and step + 1 < self.steps:
                yield self._progress(epoch, step + 1, total / (step + 1), None, begin)
        done = Epoch(total / self.steps, accuracy(self.confusion(self.test, epoch)))
        self.history.append(done)
        self._save()
        yield self._progress(epoch, self.steps, done.loss, done.accuracy, begin)

    def _step(self, step: int, pictures: Tensor, labels: Tensor) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.lr_at(step, self.steps)
        loss = F.cross_entropy(self.learning(pictures), labels, label_smoothing=self.recipe.label_smoothing)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        if self.recipe.clip is not None:
            torch.nn.utils.clip_grad_norm_(self.learning.parameters(), self.recipe.clip)
        self.optimizer.step()
        if self.mean is not None:
            self.mean.update_parameters(self.learning)
        return loss.item()

    def _progress(self, epoch: int, step: int, loss: float, accuracy: float | None, begin: float) -> Progress:
        left = (self.recipe.epochs - epoch) * self.steps - step
        seconds = (perf_counter() - begin) / step * left
        return Progress(epoch + 1, self.recipe.epochs, step, self.steps, loss, accuracy, seconds)

    def confusion(self, examples: Examples, epoch: int = -1) -> NDArray[np.int64]:
        """Return how many pictures of each class (row) are read as each class (column).

        epoch   after which the network is tested, the last one unless told
        """
        ready, labels = self._tensors(examples)
        classes, epoch = len(examples.classes), epoch % self.recipe.epochs
        self.net.eval()
        with torch.inference_mode():
            seen = (self.recipe.examined(part.to(self.device), epoch) for part in torch.split(ready, TESTED))
            told = torch.cat([self.net(part).argmax(dim=1).cpu() for part in seen])
        counts = torch.bincount(labels * classes + told, minlength=classes**2)
        return counts.reshape(classes, classes).numpy()

    def weights(self, dtype: torch.dtype) -> bytes:
        """Return the weights as a safetensors file, with what it is for in its header."""
        arrays = {key: value.cpu().contiguous().to(dtype) for key, value in self.net.state_dict().items()}
        return save(arrays, Manifest(self.net.architecture.variant, self.train.classes).as_metadata())

    def _tensors(self, examples: Examples) -> tuple[Tensor, Tensor]:
        return self.recipe.ready(examples.pictures), torch.from_numpy(examples.labels.astype(np.int64))

    def _restart(self) -> None:
        """Go on from the mean of the weights, without momentum, and take another mean."""
        self.learning.load_state_dict(self.net.state_dict())
        self.optimizer = self.recipe.optimizer(self.learning)
        self.mean = self._running_mean()

    def _running_mean(self) -> AveragedModel | None:
        if self.recipe.average is None:
            return None

        def averaged(mean: Tensor, new: Tensor, count: Tensor | int) -> Tensor:
            return mean.lerp(new, 1 - _share(cast("float", self.average), int(count)))

        return AveragedModel(self.learning, avg_fn=averaged)

    def _save(self) -> None:
        state = {
            "recipe": asdict(self.recipe),
            "history": [asdict(epoch) for epoch in self.history],
            "net": self.learning.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "mean": None if self.mean is None else self.mean.state_dict(),
        }
        content = BytesIO()
        torch.save(state, content)
        write_whole(self.checkpoint, content.getvalue())
        if len(self.history) in self.recipe.snapshots:
            file = self.checkpoint.with_suffix(f".epoch-{len(self.history)}.safetensors")
            write_whole(file, self.weights(torch.float16))

    def _resume(self) -> None:
        try:
            if not is_zipfile(self.checkpoint):
                raise UnpicklingError
            state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
            recipe = state["recipe"]
        except (RuntimeError, UnpicklingError, KeyError, TypeError):
            raise FileError("{file} is no state of a training run; delete it", file=self.checkpoint) from None
        if recipe != asdict(self.recipe):
            raise FileError(
                "{file} is the state of a run with other settings; use those, delete it, or write to another file",
                file=self.checkpoint,
            )
        self.learning.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.mean is not None:
            self.mean.load_state_dict(state["mean"])
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


def _share(limit: float, count: int) -> float:
    """Return the share of the old mean after `count` steps: less at first, so that it forgets where it began."""
    return min(limit, (1 + count) / (10 + count))


def _seed(seed: int, epoch: int) -> int:
    return seed * 1_000_000 + epoch + 1  # the weights are drawn from the seed itself
