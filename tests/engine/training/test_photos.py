import zipfile

import numpy as np
import pytest

from engine.errors import FileError
from engine.training import photos
from tests.engine.training import few


def test_an_archive_is_read_by_part_and_class(tmp_path):
    train, val = photos.read(few.archive(tmp_path / "a.zip"))
    assert train.classes == val.classes == ("grass", "rose", "Sky")
    assert train.pictures.shape == (12, 3, 136, 136)
    assert val.pictures.shape == (6, 3, 136, 136)
    assert np.bincount(train.labels).tolist() == [4, 4, 4]
    for picture, label in zip(val.pictures, val.labels, strict=True):
        np.testing.assert_allclose(picture.mean(axis=(1, 2)), few.COLOURS[val.classes[label]], atol=4)


def test_archives_of_a_folder_come_together(tmp_path):
    few.archive(tmp_path / "a.zip", {"Sky": few.COLOURS["Sky"]})
    few.archive(tmp_path / "b.zip", {"rose": few.COLOURS["rose"]})
    train, _ = photos.read(tmp_path)
    assert train.classes == ("rose", "Sky")


def test_a_folder_of_photos_is_as_good(tmp_path):
    with zipfile.ZipFile(few.archive(tmp_path / "a.zip")) as archive:
        archive.extractall(tmp_path / "photos")
    got, expected = photos.read(tmp_path / "photos"), photos.read(tmp_path / "a.zip")
    np.testing.assert_array_equal(got[0].pictures, expected[0].pictures)
    np.testing.assert_array_equal(got[1].labels, expected[1].labels)


def test_the_middle_of_a_wide_photo_is_taken(tmp_path):
    train, _ = photos.read(few.archive(tmp_path / "a.zip", size=(300, 200)))
    assert train.pictures.shape == (12, 3, 136, 136)


def test_other_members_are_left_alone(tmp_path):
    with zipfile.ZipFile(few.archive(tmp_path / "a.zip"), "a") as archive:
        archive.writestr("README.txt", "hello")
        archive.writestr("train/Sky/notes.txt", "hello")
        archive.writestr("test/Sky/1.jpg", few.photo((0, 0, 0), 1))
    assert len(photos.read(tmp_path / "a.zip")[0].labels) == 12


def test_a_damaged_photo_is_told_by_its_class(tmp_path):
    with zipfile.ZipFile(few.archive(tmp_path / "a.zip"), "a") as archive:
        archive.writestr("train/Sky/broken.jpg", b"\xff\xd8 not much of a photo")
    with pytest.raises(FileError, match="a photo of the class Sky cannot be read"):
        photos.read(tmp_path / "a.zip")


def test_a_class_only_to_be_tested_is_refused(tmp_path):
    with zipfile.ZipFile(few.archive(tmp_path / "a.zip"), "a") as archive:
        archive.writestr("val/snow/1.jpg", few.photo((250, 250, 250), 1))
    with pytest.raises(FileError, match="there are no photos to train on of the class snow"):
        photos.read(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.zip", "there is no file .*missing.zip; a zip archive of photos was wanted"),
        ("text.zip", "text.zip is not a zip archive, or is damaged"),
        ("empty.zip", "empty.zip holds no photos of the form train/CLASS/NAME.jpg and val/CLASS/NAME.jpg"),
        ("folder", "folder holds no photos of the form"),
    ],
)
def test_what_holds_no_photos_is_refused(tmp_path, name, reason):
    (tmp_path / "text.zip").write_text("no archive")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match=reason):
        photos.read(tmp_path / name)
