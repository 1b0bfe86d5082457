import numpy as np
import pytest

from engine.errors import FileError
from engine.training import mnist
from tests.engine.training import tiny

PICTURES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


@pytest.fixture
def folder(tmp_path):
    return tiny.folder(tmp_path)


def test_what_was_written_is_read(folder):
    read, written = mnist.read(folder, "train"), tiny.digits()
    np.testing.assert_array_equal(read.pictures, written.pictures)
    np.testing.assert_array_equal(read.labels, written.labels)


def test_an_idx_file_is_read_byte_by_byte(tmp_path):
    file = tmp_path / "two.gz"
    pictures = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
    file.write_bytes(tiny.idx(pictures))
    assert mnist.read_idx(file, (2, 3)).tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]


def test_a_missing_file_is_named(folder):
    (folder / LABELS).unlink()
    with pytest.raises(FileError, match=f"there is no file .*{LABELS}; the folder must hold MNIST's four"):
        mnist.read(folder, "train")


def test_a_file_cut_off_is_to_be_downloaded_again(folder):
    (folder / PICTURES).write_bytes((folder / PICTURES).read_bytes()[:-40])
    with pytest.raises(FileError, match=f"{PICTURES} cannot be unpacked; download it again"):
        mnist.read(folder, "train")


def test_a_file_that_was_never_packed_is_to_be_downloaded_again(folder):
    (folder / PICTURES).write_bytes(b"<html>not found</html>")
    with pytest.raises(FileError, match="cannot be unpacked"):
        mnist.read(folder, "train")


def test_labels_in_place_of_pictures_are_noticed(folder):
    (folder / PICTURES).write_bytes((folder / LABELS).read_bytes())
    with pytest.raises(FileError, match="is not an idx file of bytes with 3 axes"):
        mnist.read(folder, "train")


def test_an_idx_file_of_floats_is_refused(tmp_path):
    (tmp_path / "floats.gz").write_bytes(tiny.idx(np.zeros(4, np.uint8), kind=13))
    with pytest.raises(FileError, match="is not an idx file of bytes with 1 axes"):
        mnist.read_idx(tmp_path / "floats.gz", ())


def test_pictures_of_another_size_are_refused(folder):
    (folder / PICTURES).write_bytes(tiny.idx(np.zeros((2, 8, 8), np.uint8)))
    with pytest.raises(FileError, match=r"announces the shape \(2, 8, 8\) and holds 128 bytes; \(N, 28, 28\)"):
        mnist.read(folder, "train")


def test_pictures_without_their_label_are_refused(folder):
    (folder / LABELS).write_bytes(tiny.idx(np.zeros(29, np.uint8)))
    with pytest.raises(FileError, match="holds 30 pictures but 29 labels of the part train"):
        mnist.read(folder, "train")


def test_a_label_that_is_no_digit_is_refused(folder):
    (folder / LABELS).write_bytes(tiny.idx(np.full(30, 10, np.uint8)))
    with pytest.raises(FileError, match="holds the label 10; digits are 0 to 9"):
        mnist.read(folder, "train")
