"""Official weights: downloaded from a server of this machine, with all that can go wrong, converted, and read."""

import errno
import json
import os
import re
import shutil
import threading
from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from filelock import FileLock
from safetensors import SafetensorError

from engine import RangeError, ShapeError, nets, weights
from engine.errors import FileError
from engine.nets.imagenet import classes
from engine.weights import convert, fetch, official
from tests.engine.publisher import network, publish, publisher, saved

__all__ = ["publisher"]

FACTS = {
    "alexnet": ("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", 244_408_911),
    "vgg16": ("https://download.pytorch.org/models/vgg16-397923af.pth", 553_433_881),
}


def got(name="lenet5"):
    """Return the bytes that had come at each event."""
    return [progress.done for progress in fetch.get(name)]


def place():
    return official.at("lenet5")


def files():
    return sorted(file.name for file in place().folder.iterdir() if file.suffix != ".lock")


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


def test_a_download_is_told_from_the_first_byte_to_the_last_and_is_then_the_network(publisher):
    events = list(fetch.get("lenet5"))
    size = len(publisher.content)
    assert (events[0].done, events[0].seconds_left) == (0, None)
    assert (events[-1].done, events[-1].seconds_left) == (size, 0)
    assert {event.total for event in events} == {size}
    net, wanted = nets.build("lenet5", "official"), network().state_dict()
    assert {key: value.tolist() for key, value in net.state_dict().items()} == {
        key: value.tolist() for key, value in wanted.items()
    }
    assert not net.training
    assert nets.summarize("lenet5", "official").rows[-1].output_shape == (1000,)
    assert weights.find("lenet5", "official").manifest.classes == classes()


def test_what_is_kept_is_one_file_with_its_record(publisher):
    got()
    assert files() == ["lenet5.json", "lenet5.safetensors"]
    record = json.loads(place().record.read_text())
    assert record["came"] == sha256(publisher.content).hexdigest()
    assert record["kept"] == sha256(place().kept.read_bytes()).hexdigest()


def test_weights_that_are_here_are_not_downloaded_again(publisher):
    got()
    assert got() == []
    assert len(publisher.asked) == 1


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


def test_a_connection_that_breaks_is_gone_on_with(publisher):
    publisher.cut = 100_000
    with pytest.raises(FileError, match=r"127.0.0.1 broke off after 0.1 of 0.6 MB; start again, and it goes on"):
        got()
    assert place().bytes_here == 100_000
    publisher.cut = None
    assert got()[0] == 100_000
    assert publisher.asked == [None, "bytes=100000-"]
    assert place().is_here


def test_a_server_without_ranges_begins_anew(publisher):
    publisher.cut = 100_000
    with pytest.raises(FileError):
        got()
    publisher.cut, publisher.ranges = None, False
    assert got()[1] < 100_000 + fetch.CHUNK
    assert publisher.asked == [None, "bytes=100000-"]
    assert place().is_here


def test_who_stops_iterating_stops_the_download_and_goes_on_later(publisher, monkeypatch):
    monkeypatch.setattr(fetch, "CHUNK", 50_000)
    events = fetch.get("lenet5")
    while next(events).done < 100_000:
        pass
    events.close()
    stopped = place().bytes_here
    assert 100_000 <= stopped < 200_000
    assert files() == ["lenet5.pth.part"]
    assert got()[0] == stopped
    assert place().is_here


def test_a_part_that_is_whole_is_not_asked_for_again(publisher):
    place().folder.mkdir(parents=True)
    place().part.write_bytes(publisher.content)
    assert got() == [len(publisher.content)]
    assert publisher.asked == []
    assert place().is_here


def test_a_part_that_is_too_long_begins_anew(publisher):
    place().folder.mkdir(parents=True)
    place().part.write_bytes(publisher.content + b"x")
    assert got()[0] == 0
    assert publisher.asked == [None]


@pytest.mark.parametrize("begun", [0, 1000])
def test_another_file_than_the_published_one_is_deleted(publisher, monkeypatch, begun):
    place().folder.mkdir(parents=True)
    place().part.write_bytes(b"x" * begun)
    if not begun:
        publish(publisher, monkeypatch, prefix="0123abcd")
    with pytest.raises(FileError, match=r"SHA-256 begins with [0-9a-f]{8} instead of [0-9a-f]{8}; it was deleted"):
        got()
    assert files() == []


@pytest.mark.parametrize("begun", [0, 1000])
def test_a_file_of_another_size_is_not_downloaded(publisher, monkeypatch, begun):
    place().folder.mkdir(parents=True)
    place().part.write_bytes(publisher.content[:begun])
    publish(publisher, monkeypatch, size=len(publisher.content) - 1)
    with pytest.raises(FileError, match=r"127.0.0.1 offers another file than the published one of 0.6 MB"):
        got()
    assert place().bytes_here == begun


def test_a_server_that_says_a_wrong_length_sends_no_more_than_the_file_has(publisher, monkeypatch):
    publisher.content += b"more" * 100_000
    publish(publisher, monkeypatch, size=1000)
    publisher.length, seen = 1000, []
    with pytest.raises(FileError, match="it was deleted"):
        seen.extend(progress.done for progress in fetch.get("lenet5"))
    assert max(seen) == 1000


@pytest.mark.parametrize("status", [403, 404, 416, 500, 503])
def test_a_server_that_answers_otherwise_is_quoted(publisher, status):
    publisher.status = status
    with pytest.raises(FileError, match=f"127.0.0.1 answered with status {status} instead of the file"):
        got()


def test_it_follows_to_another_file_of_the_same_host_only(publisher):
    publisher.moved = "/elsewhere.pth"
    got()
    assert place().is_here
    place().forget()
    publisher.moved = publisher.address.replace("127.0.0.1", "localhost") + "/elsewhere.pth"
    with pytest.raises(FileError, match=r"127\.0\.0\.1 sends on to localhost, which is not followed"):
        got()
    assert len(publisher.asked) == 3


@pytest.mark.parametrize("address", ["http://example.com/a.pth", "ftp://127.0.0.1/a.pth", "file:///etc/passwd"])
def test_only_https_is_spoken_to_other_machines(publisher, monkeypatch, address):
    monkeypatch.setitem(official.OFFICIAL, "lenet5", official.Official("lenet5", address, 10, "0"))
    with pytest.raises(FileError, match=f"over https only, not from {address}"):
        got()


@pytest.mark.parametrize("address", ["https://nowhere.invalid/a.pth", "http://127.0.0.1:9/a.pth"])
def test_without_a_network_one_sentence_says_so(publisher, monkeypatch, address):
    monkeypatch.setitem(official.OFFICIAL, "lenet5", official.Official("lenet5", address, 10, "0"))
    with pytest.raises(FileError, match=r"(nowhere.invalid|127.0.0.1) cannot be reached \(.+\); look whether"):
        got()


def test_a_server_that_falls_silent_is_not_waited_for_long(publisher, monkeypatch):
    monkeypatch.setattr(fetch, "PATIENCE", 0.2)
    publisher.pause = threading.Event()
    with pytest.raises(FileError, match="broke off after"):
        got()
    assert place().bytes_here > 100_000
    publisher.pause.set()


def test_a_disk_without_room_is_seen_before_the_download(publisher, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=500_000))
    with pytest.raises(FileError, match=r"lenet5 needs 1\.2 MB in .*weights, where 0\.5 MB are free"):
        got()
    assert publisher.asked == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no disk that is always full")  # noqa: PTH110
def test_a_disk_that_fills_up_meanwhile_is_named(publisher):
    place().folder.mkdir(parents=True)
    place().part.symlink_to("/dev/full")
    with pytest.raises(FileError, match=rf"weights cannot be written: {os.strerror(errno.ENOSPC)}"):
        got()


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


def test_a_folder_that_cannot_be_made_is_named(publisher):
    place().folder.parent.parent.mkdir()
    place().folder.parent.write_text("a file")
    with pytest.raises(FileError, match="weights cannot be written: Not a directory"):
        got()


def test_two_programs_do_not_write_one_file(publisher):
    place().folder.mkdir(parents=True)
    with FileLock(place().folder / "lenet5.lock"), pytest.raises(FileError, match="lenet5 is being downloaded already"):
        got()
    assert publisher.asked == []


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
