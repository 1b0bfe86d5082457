"""What was recorded of LeNet-5 on MNIST: it belongs to the weights that ship, and agrees with itself."""

import re
from hashlib import sha256

import numpy as np
import pytest

from engine import weights
from engine.errors import FileError
from engine.landscape.recorded import FILE, SIZE, frame_of_path, grid, recorded


@pytest.fixture(scope="module")
def record():
    return recorded()


def test_it_belongs_to_the_weights_that_ship(record):
    shipped = sha256((weights.FOLDER / "lenet5.safetensors").read_bytes()).hexdigest()
    assert record.told["weights"] == shipped
    assert record.told["difference"] == 0
    assert shipped in (weights.FOLDER / "lenet5.md").read_text()


def test_it_is_small_enough_to_ship():
    assert FILE.stat().st_size < 400_000


def test_the_accuracies_are_those_of_the_card(record):
    card = (weights.FOLDER / "lenet5.md").read_text()
    told = [f"{accuracy:.2%}" for accuracy in record.told["accuracies"]]
    assert told == re.findall(r"\| (\d+\.\d+%) \|$", card, re.MULTILINE)[: len(told)]
    assert len(record.path) == len(told) + 1 == 21


def test_the_planes_agree_where_they_meet(record):
    # all three have the trained network in their middle; on a grid of the path's plane it is not a crossing
    middle = SIZE // 2
    for name in ("filter", "plain"):
        plane = record.planes[name]
        assert plane.sides == (-1, 1, -1, 1)
        assert plane.loss[middle, middle] == pytest.approx(record.path_loss[-1, 0], rel=1e-4)
        assert plane.error[middle, middle] == pytest.approx(record.path_loss[-1, 1])
    assert record.planes["path"].sides == frame_of_path(record.path)
    for plane in record.planes.values():
        assert plane.loss.shape == plane.error.shape == (SIZE, SIZE)
        assert (plane.loss > 0).all()
        assert ((plane.error >= 0) & (plane.error <= 1)).all()


def test_axes_are_of_length_one_at_right_angles_but_for_how_they_are_kept(record):
    axes = record.axes.astype(float)
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=2e-4)
    assert (record.path[-1] == 0).all()
    assert 0 < record.plane_shares["filter"] < 0.01 < record.shares[1] < record.shares[0] < 1


def test_eigenvalues_are_in_order_and_within_bounds(record):
    assert record.epochs.tolist() == [0, 1, 2, 5, 10, 20]
    assert (np.diff(record.eigenvalues, axis=1) <= 0).all()
    assert (record.bounds <= 0.02 * abs(record.eigenvalues).max(axis=1, keepdims=True)).all()


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    for content in (b"", b"PK\x03\x04 nothing"):
        file = tmp_path / "other.npz"
        file.write_bytes(content)
        with pytest.raises(FileError, match=r"other\.npz holds no landscape"):
            recorded(file)
    np.savez(tmp_path / "empty.npz", axes=np.ones(2))
    with pytest.raises(FileError, match=r"empty\.npz holds no landscape"):
        recorded(tmp_path / "empty.npz")
    with pytest.raises(FileError, match=r"missing\.npz holds no landscape"):
        recorded(tmp_path / "missing.npz")


def test_a_grid_and_a_frame_by_hand():
    alphas, betas = grid((-1.0, 1.0, 0.0, 4.0), 5)
    np.testing.assert_array_equal(alphas, [-1, -0.5, 0, 0.5, 1])
    np.testing.assert_array_equal(betas, [0, 1, 2, 3, 4])
    # from 0 to 10 and from -2 to 1: a fifth of 10 and of 3 on each side, rounded outwards
    assert frame_of_path(np.array([[10.0, -2.0], [3.0, 1.0], [0.0, 0.0]])) == (-2.0, 12.0, -3.0, 2.0)
