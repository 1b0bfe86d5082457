"""A published state dict, checked and written again as safetensors. Importing this imports no torch."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.numpy import save_file

from engine.errors import EngineError, FileError
from engine.nets.imagenet import classes
from engine.weights import Manifest
from engine.weights.official import Place, alone, sha256

if TYPE_CHECKING:
    from torch import Tensor

    from engine.nets.network import Network


def convert(place: Place) -> None:
    """Turn the published file into the one that is kept, and delete it; nothing happens if that is done.

    Raises FileError if it is not what was downloaded, or holds anything but float32 arrays, ShapeError if
    they are not those of the network: then it is deleted, too. Raises FileError if there is no room.
    """
    manifest = Manifest(classes=classes())
    with alone(place):
        if not place.came.is_file():
            return
        try:
            net = _network(place, manifest)
        except EngineError:
            place.forget()
            raise
        _write(place, net, manifest)


def _network(place: Place, manifest: Manifest) -> Network:
    from engine.nets import described
    from engine.nets.network import Network

    if sha256(place.came) != place.recorded("came"):
        raise _damaged(place.came)
    return Network.with_state(described(place.official.name, manifest), _state(place.came))


def _state(file: Path) -> dict[str, Tensor]:
    """Return the arrays of a state dict; whatever else a pickle may hold is refused, never run."""
    import torch

    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except (RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, pickle.UnpicklingError):
        raise _damaged(file) from None
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and isinstance(value, torch.Tensor) and value.dtype == torch.float32
        for key, value in state.items()
    ):
        raise _damaged(file)
    return {key: value.detach().contiguous() for key, value in state.items()}


def _write(place: Place, net: Network, manifest: Manifest) -> None:
    """Write the weights. Raises OSError if the disk refuses them; what came stays then."""
    arrays = {key: value.detach().numpy() for key, value in net.state_dict().items()}
    unfinished = place.kept.with_suffix(".unfinished")
    try:
        save_file(arrays, unfinished, manifest.as_metadata())
        digest = sha256(unfinished)
        unfinished.replace(place.kept)
        place.write_down("kept", digest)
        place.came.unlink()
    except SafetensorError as error:  # what the disk refused, in its words
        raise OSError(str(error)) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _damaged(file: Path) -> FileError:
    return FileError("{file} is no file of weights that can be read safely; it was deleted", file=file.name)
