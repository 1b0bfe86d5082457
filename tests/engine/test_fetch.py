"""Downloads from a server of this machine, with all that can go wrong with it, with the network and with the disk."""

import errno
import os
import shutil
import socket
import threading
from types import SimpleNamespace

import pytest
from filelock import FileLock

from engine import nets, weights
from engine.errors import FileError
from engine.nets.imagenet import classes
from engine.weights import fetch, official
from tests.engine.publisher import files, got, network, place, publish, publisher

__all__ = ["publisher"]


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


def test_weights_that_are_here_are_not_downloaded_again(publisher):
    got()
    assert got() == []
    assert len(publisher.asked) == 1


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
    def unknown(*args, **more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if address.startswith("https"):
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
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
