"""`convlens landscape`: the whole way from digits to the file, on a few of them, stopped in between."""

import functools

import numpy as np
import pytest
import torch

from app import cli
from engine.landscape.recorded import recorded
from engine.training import landscape
from tests.engine.training import tiny


@pytest.fixture(scope="module", autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Return a command that records two epochs of drawn digits on planes of 3 x 3 places."""
    data = tmp_path / "data"
    data.mkdir()
    tiny.folder(data)
    monkeypatch.setattr(landscape, "record", functools.partial(landscape.record, epochs=2, size=3))
    monkeypatch.setattr(landscape, "PRODUCTS", 12)
    return lambda out="mine.npz": cli.main(["landscape", "--data", str(data), "--out", str(tmp_path / out)])


def test_it_leaves_one_file_that_agrees_with_itself(command, tmp_path, capsys):
    assert command() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch 1/2  test accuracy ")
    assert "plane plain: 3 of 3 rows" in lines
    assert lines[-1] == f"The landscape is in {tmp_path / 'mine.npz'}."
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "mine.npz"]
    record = recorded(tmp_path / "mine.npz")
    assert record.told["digits"] == len(tiny.digits().labels)
    assert record.told["epochs"] == 2
    assert record.told["difference"] > 0  # these are not the weights that ship
    assert record.path.shape == (3, 2)
    assert record.epochs.tolist() == [0, 1, 2]
    for name in ("filter", "plain"):
        assert record.planes[name].loss[1, 1] == pytest.approx(record.path_loss[-1, 0], rel=1e-5)
    assert sum(record.shares) == pytest.approx(1)  # three points lie in one plane
    left, right, bottom, top = record.planes["path"].sides
    assert left <= record.path[:, 0].min() <= record.path[:, 0].max() <= right
    assert bottom <= record.path[:, 1].min() <= record.path[:, 1].max() <= top


def test_a_stop_while_training_loses_nothing(command, tmp_path, monkeypatch):
    assert command("whole.npz") == 0

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landscape, "looked_at", stop)
        assert command("stopped.npz") == 130
    assert command("stopped.npz") == 0
    whole, stopped = (np.load(tmp_path / f"{name}.npz") for name in ("whole", "stopped"))
    for name in whole.files:
        np.testing.assert_array_equal(whole[name], stopped[name], err_msg=name)


def test_a_path_that_is_not_the_runs_is_refused(command, tmp_path, monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landscape, "looked_at", stop)
        assert command() == 130
    (tmp_path / "mine.path.npy").unlink()
    capsys.readouterr()
    assert command() == 1
    told = capsys.readouterr().err
    assert "mine.path.npy does not fit" in told
    assert "mine.checkpoint; delete both" in told


def test_only_an_npz_file_is_written(command, capsys):
    assert command("mine.json") == 1
    assert "a landscape goes into an .npz file, not into" in capsys.readouterr().err
