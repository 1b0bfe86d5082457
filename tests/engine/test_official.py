"""Official weights: which there are, and how what was downloaded is checked, converted and read."""

import json
import os
import re
from hashlib import sha256

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from engine import RangeError, ShapeError, nets, weights
from engine.errors import FileError
from engine.nets.imagenet import classes
from engine.weights import convert, fetch, official
from tests.engine.publisher import files, got, network, place, publish, publisher, saved

__all__ = ["publisher"]

FACTS = {
    "alexnet": ("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", 244_408_911),
    "vgg16": ("https://download.pytorch.org/models/vgg16-397923af.pth", 553_433_881),
}


def flip(file, at):
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("name", FACTS)
def test_the_table_has_what_is_published(name):
    one = official.OFFICIAL[name]
    assert (one.address, one.size) == FACTS[name]
    assert re.search(r"-([0-9a-f]{8})\.pth$", one.address)[1] == one.prefix
    assert 0 < one.size - 4 * nets.summarize(name).parameters < 10_000  # four bytes each, and a little around


def test_there_are_a_thousand_classes_in_the_usual_order():
    assert len(classes()) == 1000
    assert classes()[0] == "tench, Tinca tinca"
    assert [classes()[k] for k in (134, 517)] == ["crane", "crane"]
    assert classes()[999] == "toilet tissue, toilet paper, bathroom tissue"


def test_what_is_kept_is_one_file_with_its_record(publisher):
    got()
    assert files() == ["lenet5.json", "lenet5.safetensors"]
    record = json.loads(place().record.read_text())
    assert record["came"] == sha256(publisher.content).hexdigest()
    assert record["kept"] == sha256(place().kept.read_bytes()).hexdigest()


def test_without_a_download_the_command_is_named(publisher):
    for ask in (nets.build, nets.summarize, weights.find, weights.manifest):
        with pytest.raises(FileError, match=r"lenet5 are not on this machine; get them with: convlens weights get len"):
            ask("lenet5", "official")
    assert publisher.asked == []


def test_a_network_without_official_weights_is_told_which_have_some(publisher):
    with pytest.raises(RangeError, match="no official weights are known of zfnet; they are of lenet5"):
        nets.build("zfnet", "official")
    with pytest.raises(RangeError, match="zfnet"):
        got("zfnet")


def test_a_disk_that_fills_up_at_the_conversion_keeps_what_came(publisher, monkeypatch):
    def full(arrays, file, metadata):
        file.write_bytes(b"half")
        raise SafetensorError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(convert, "save_file", full)
        with pytest.raises(FileError, match="weights cannot be written: No space left on device"):
            got()
    assert files() == ["lenet5.json", "lenet5.pth"]
    assert got() == []
    assert place().is_here


class Trap:
    """Unpickled, it would run a command."""

    def __reduce__(self):
        return os.system, ("touch trapped",)


NO_WEIGHTS = {
    "runs code": {"conv1.weight": Trap()},
    "is a list": [torch.zeros(3)],
    "holds text": {"conv1.weight": "text"},
    "holds doubles": {"conv1.weight": torch.zeros(6, 1, 5, 5, dtype=torch.float64)},
}


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("state", NO_WEIGHTS.values(), ids=NO_WEIGHTS)
def test_what_is_no_state_dict_is_deleted_and_never_run(publisher, monkeypatch, tmp_path, state, legacy):
    monkeypatch.chdir(tmp_path)
    publisher.content = saved(state, _use_new_zipfile_serialization=not legacy)
    publish(publisher, monkeypatch)
    with pytest.raises(FileError, match=r"lenet5\.pth is no file of weights that can be read safely; it was deleted"):
        got()
    assert files() == []
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("content", [b"text", b"PK\x03\x04", b"\x80\x02", b"\0" * 1000])
def test_what_torch_did_not_write_is_deleted(publisher, monkeypatch, content):
    publisher.content = content
    publish(publisher, monkeypatch)
    with pytest.raises(FileError, match="it was deleted"):
        got()
    assert files() == []


WRONG = {
    "one too few": lambda state: state.pop("fc3.bias"),
    "one too many": lambda state: state.update({"fc4.bias": torch.zeros(3)}),
    "another shape": lambda state: state.update({"fc3.bias": torch.zeros(10)}),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_weights_of_another_network_do_not_fit(publisher, monkeypatch, change):
    state = network().state_dict()
    change(state)
    publisher.content = saved(state)
    publish(publisher, monkeypatch)
    with pytest.raises(ShapeError, match=r"these weights do not fit LeNet-5: fc[34].bias must have the shape"):
        got()
    assert files() == []


def test_a_file_in_torchs_old_format_is_read(publisher, monkeypatch):
    """VGG-16's is one."""
    publisher.content = saved(network().state_dict(), _use_new_zipfile_serialization=False)
    publish(publisher, monkeypatch)
    got()
    np.testing.assert_array_equal(official.array("lenet5", "conv1.bias"), network().state_dict()["conv1.bias"])


@pytest.mark.parametrize("at", [20, 5000, -1], ids=["header", "middle", "end"])
def test_one_changed_byte_is_noticed_at_every_way_to_read(publisher, at):
    got()
    nets.build("lenet5", "official")
    official.array("lenet5", "conv1.bias")
    flip(place().kept, at)
    for read in (
        lambda: nets.build("lenet5", "official"),
        lambda: nets.summarize("lenet5", "official"),
        lambda: official.array("lenet5", "conv1.bias"),
    ):
        with pytest.raises(FileError, match=r"lenet5.safetensors is damaged: .* again with: convlens weights get len"):
            read()
    got()
    assert nets.build("lenet5", "official")


def test_a_byte_changed_before_the_conversion_is_noticed(publisher):
    for _ in fetch.download(place()):
        pass
    flip(place().came, 5000)
    with pytest.raises(FileError, match="it was deleted"):
        convert.convert(place())
    got()
    assert place().is_here


def test_a_download_that_was_not_converted_is_converted_later(publisher):
    for _ in fetch.download(place()):
        pass
    assert not place().is_here
    assert place().bytes_here == len(publisher.content)
    assert got() == []
    assert place().is_here
    assert len(publisher.asked) == 1


def test_one_array_is_read_by_its_key(publisher):
    got()
    array = official.array("lenet5", "conv1.weight")
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, network().state_dict()["conv1.weight"])
    with pytest.raises(RangeError, match=r"the weights of lenet5 have no array conv9\.weight"):
        official.array("lenet5", "conv9.weight")


def test_the_cache_is_where_the_user_has_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert official.folder() == tmp_path / "convlens" / "weights"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert official.folder() == tmp_path / ".cache" / "convlens" / "weights"
