"""The command line: `convlens serve`, `train`, `landscape`, `weights` and `bench`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.weights.official import OFFICIAL

if TYPE_CHECKING:
    from engine.training.loop import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, return its exit status."""
    parser = argparse.ArgumentParser(prog="convlens", description="See every number inside a convolution.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the site on this machine")
    serving.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    serving.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    training = commands.add_parser("train", help="train a network; run again after a stop, it goes on")
    training.add_argument("net", choices=["lenet5", "alexnet-2012", "zfnet"], help="the network")
    training.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="LeNet-5: folder with MNIST's four .gz files; others: a zip archive of photos, or a folder of archives",
    )
    training.add_argument("--epochs", type=int, help="times to go through the training pictures")
    training.add_argument("--seed", type=int, help="another number, other weights")
    training.add_argument("--out", type=Path, metavar="FILE", help="the weights to write (NET.safetensors)")
    looking = commands.add_parser("landscape", help="record LeNet-5's loss round its weights and its training path")
    looking.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with MNIST's four .gz files")
    looking.add_argument("--out", type=Path, default=Path("lenet5-landscape.npz"), metavar="FILE")
    weighing = commands.add_parser("weights", help="weights that ship, and official ones to download")
    actions = weighing.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="tell which there are, and which are here")
    getting = actions.add_parser("get", help="download official ImageNet weights; run again after a stop, it goes on")
    getting.add_argument("net", choices=list(OFFICIAL), help="the network")
    benching = commands.add_parser("bench", help="measure speed beside peers, as ratios")
    benching.add_argument("names", nargs="*", metavar="NAME", help="rows to run; all if none is named")
    benching.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    if chosen.command == "serve":
        return serve(chosen.host, chosen.port)
    if chosen.command == "train":
        out = chosen.out or Path(f"{chosen.net}.safetensors")
        return train(chosen.net, chosen.data, out, epochs=chosen.epochs, seed=chosen.seed)
    if chosen.command == "landscape":
        return landscape(chosen.data, chosen.out)
    if chosen.command == "weights":
        from app import weights_command

        return weights_command.listing() if chosen.action == "list" else weights_command.get(chosen.net)
    from app.bench import run

    return run(chosen.names, as_json=chosen.json)


def serve(host: str, port: int) -> int:
    """Serve until interrupted."""
    import uvicorn

    from app.main import create_app

    print(f"ConvLens is at http://{host}:{port}  (Ctrl+C stops it)", flush=True)
    uvicorn.run(create_app(), host=host, port=port, log_level="warning", access_log=False, ws="none")
    return 0


def train(net: str, data: Path, out: Path, *, epochs: int | None, seed: int | None) -> int:
    """Train until the end or Ctrl+C; the same call goes on where the last one stopped."""
    from engine.errors import EngineError
    from engine.training import files

    try:
        run = files.begin(net, data, out, epochs=epochs, seed=seed)
        if run.history:
            print(f"Going on after epoch {len(run.history)} of {run.recipe.epochs}.", flush=True)
        for progress in run.events():
            tell(progress)
        files.finish(run, out)
    except EngineError as problem:
        print(f"convlens train: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on after the last whole epoch.")
        return 130
    print(f"The weights are in {out}, their card in {out.with_suffix('.md')}.")
    return 0


def landscape(data: Path, out: Path) -> int:
    """Record the landscape; training goes on where a stop left it, the planes begin again."""
    from engine.errors import EngineError
    from engine.training.landscape import record

    try:
        for done in record(data, out):
            print(done, flush=True)
    except EngineError as problem:
        print(f"convlens landscape: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on after the last whole epoch.")
        return 130
    print(f"The landscape is in {out}.")
    return 0


def tell(progress: Progress) -> None:
    """Print a line for an epoch; within one, on a terminal, a line that the next one replaces."""
    line = f"epoch {progress.epoch}/{progress.epochs}  step {progress.step}/{progress.steps}  loss {progress.loss:.4f}"
    left = f"  {progress.seconds_left / 60:.1f} min left"
    if progress.accuracy is not None:
        print(f"{line}  test accuracy {progress.accuracy:.2%}{left}", flush=True)
    elif sys.stdout.isatty():
        print(line + left, end="\r", flush=True)
