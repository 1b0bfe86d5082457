"""`convlens train`: progress, stopping and going on, refusals."""

import re
from hashlib import sha256

import pytest
import torch
from safetensors.numpy import load_file

from app import cli
from tests.engine.training import tiny


@pytest.fixture(scope="module", autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def train(tmp_path):
    """Return a command: train for two epochs on a few drawn digits into a file."""
    data = tmp_path / "data"
    data.mkdir()
    tiny.folder(data)

    def run(out="mine.safetensors", *more):
        return cli.main(["train", "lenet5", "--data", str(data), "--epochs", "2", "--out", str(tmp_path / out), *more])

    return run


def test_training_tells_its_progress_and_leaves_weights_with_their_card(train, tmp_path, capsys):
    assert train() == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"epoch 1/2  step 1/1  loss \d\.\d{4}  test accuracy \d+\.\d\d%  \d+\.\d min left", lines[0])
    assert lines[-1].endswith("mine.md.")
    assert load_file(tmp_path / "mine.safetensors")["conv1.weight"].shape == (6, 1, 5, 5)
    card = (tmp_path / "mine.md").read_text(encoding="utf-8")
    assert sha256((tmp_path / "mine.safetensors").read_bytes()).hexdigest() in card
    assert "convlens train lenet5 --data DIR --epochs 2\n" in card
    assert str(tmp_path) not in card
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "mine.md", "mine.safetensors"]


def test_a_stopped_training_goes_on_and_ends_in_the_same_file(train, tmp_path, capsys, monkeypatch):
    assert train("whole.safetensors") == 0

    def stop(progress):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cli, "tell", stop)
        assert train("stopped.safetensors") == 130
    assert "The same command goes on after the last whole epoch." in capsys.readouterr().out
    assert train("stopped.safetensors") == 0
    assert "Going on after epoch 1 of 2." in capsys.readouterr().out
    stopped, whole = (sha256((tmp_path / f"{name}.safetensors").read_bytes()) for name in ("stopped", "whole"))
    assert stopped.hexdigest() == whole.hexdigest()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--epochs", "0"], "epochs must be at least 1, got 0"),
        (["--data", "nowhere"], "there is no file nowhere"),
        (["--out", "mine.pth"], "weights go into a .safetensors file, not into mine.pth"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(train, capsys, more, message):
    assert train("mine.safetensors", *more) == 1
    assert capsys.readouterr().err.startswith(f"convlens train: {message}")
