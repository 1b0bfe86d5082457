"""`convlens weights`: what it prints while it downloads, how it stops and goes on, what it refuses."""

import re
import sys

import pytest

from app import cli, weights_command
from engine.weights import fetch, official
from tests.engine.publisher import publisher

__all__ = ["publisher"]

GET = ["weights", "get", "lenet5"]


@pytest.fixture(autouse=True)
def offline(publisher):
    """No test here speaks to another machine."""
    return publisher


def test_it_downloads_and_tells_each_tenth_once(capsys, monkeypatch):
    monkeypatch.setattr(fetch, "CHUNK", 10_000)
    assert cli.main(GET) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    shares = [int(re.fullmatch(r"\d\.\d of 0\.6 MB  (\d+)%(  \d+ s left)?", line)[1]) for line in lines]
    assert shares == sorted(shares)
    assert 8 <= len(shares) <= 11
    assert (shares[0], shares[-1]) == (0, 100)
    assert last == f"The official weights of lenet5 are in {official.at('lenet5').kept}."


def test_on_a_terminal_each_line_replaces_the_one_before(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert cli.main(GET) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert re.match(r"0\.0 of 0\.6 MB  0% *\r", out)
    assert re.search(r"\r0\.6 of 0\.6 MB  100%  0 s left *\rThe official weights", out)


def test_when_they_are_here_nothing_is_downloaded(capsys, offline):
    assert cli.main(GET) == cli.main(GET) == 0
    assert len(offline.asked) == 1
    assert capsys.readouterr().out.count("The official weights of lenet5 are in") == 2


def test_stopped_it_goes_on_from_there(capsys, monkeypatch, offline):
    monkeypatch.setattr(fetch, "CHUNK", 100_000)
    told = []

    def stop(progress):
        told.append(progress.done)
        if progress.done >= 200_000:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(weights_command, "_each_tenth", lambda: stop)
        assert cli.main(GET) == 130
    assert "Stopped. The same command goes on from there." in capsys.readouterr().out
    assert cli.main(["weights", "list"]) == 0
    assert re.search(r"convlens weights get lenet5  \(\d\d% have come\)", capsys.readouterr().out)
    assert cli.main(GET) == 0
    assert offline.asked == [None, f"bytes={told[-1]}-"]


def test_what_goes_wrong_is_one_sentence(capsys, offline):
    offline.status = 404
    assert cli.main(GET) == 1
    said = capsys.readouterr().err
    assert said == "convlens weights: 127.0.0.1 answered with status 404 instead of the file; try again later\n"


def test_the_list_tells_what_ships_what_is_official_and_what_is_here(capsys):
    cli.main(["weights", "list"])
    before = capsys.readouterr().out
    assert re.search(r"^lenet5 +shipped +0\.2 MB  here$", before, re.M)
    assert re.search(r"^lenet5 +official +0\.6 MB  convlens weights get lenet5$", before, re.M)
    assert before.endswith(f"Official weights are kept in {official.folder()}.\n")
    cli.main(GET)
    capsys.readouterr()
    cli.main(["weights", "list"])
    assert re.search(r"^lenet5 +official +0\.6 MB  here$", capsys.readouterr().out, re.M)


def test_a_network_without_official_weights_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(["weights", "get", "zfnet"])
    assert "invalid choice: 'zfnet'" in capsys.readouterr().err
