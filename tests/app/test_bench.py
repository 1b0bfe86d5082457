"""The benchmark's table and its two ways of printing; nothing here measures for its own sake."""

import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from app import bench
from app.bench import conv2d, conv_transpose2d, landscape, pooling, servers, trace_http
from app.bench.processes import alone, environment
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row

ROW = Row("fake", "nothing", "nobody", lambda: Result(0.5, "1.1x"), Goal("<=", 1.0))


def failing(problem):
    def measure():
        raise problem

    return measure


@pytest.fixture
def table(monkeypatch):
    def use(*rows):
        monkeypatch.setattr(bench, "ROWS", {row.name: row for row in rows})

    return use


def test_every_row_has_a_name_of_its_own():
    names = [row.name for family in bench.FAMILIES for row in family.rows()]
    assert len(set(names)) == len(names) == len(bench.ROWS)


@pytest.mark.parametrize("row", bench.ROWS.values(), ids=lambda row: row.name)
def test_row_has_a_goal_or_says_why_none(row):
    assert (row.goal is None) == bool(row.why_no_goal)
    assert row.what
    assert row.peer


def test_unknown_name_is_answered_with_the_known_ones(capsys):
    assert bench.run(["nonsense"], as_json=False) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("There is no row named nonsense; there are: ")
    assert all(name in said.err for name in bench.ROWS)


def test_beginning_of_a_name_stands_for_every_row_that_has_it(table, capsys):
    table(replace(ROW, name="walk-slow"), replace(ROW, name="walk-fast"), replace(ROW, name="walker"))
    assert bench.run(["walk"], as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in printed["rows"]] == ["walk-slow", "walk-fast"]


def test_json_tells_the_machine_and_each_row(table, capsys):
    table(ROW)
    assert bench.run([], as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"cpu", "cores", "python", "numpy", "torch", "blas"} <= printed["machine"].keys()
    assert printed["rows"] == [
        {
            "name": "fake",
            "what": "nothing",
            "peer": "nobody",
            "ratio": 0.5,
            "unit": "x",
            "goal": "<= 1x",
            "limit": "1.1x",
            "met": True,
            "problem": "",
        }
    ]


def test_table_has_a_line_for_each_row_and_tells_which_goals_are_missed(table, capsys):
    slow = replace(ROW, name="slow", goal=Goal(">=", 30))
    free = replace(ROW, name="free", goal=None, why_no_goal="none: too early")
    table(ROW, slow, free)
    assert bench.run([], as_json=False) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[-3:]]
    assert [(line[0], line[-1]) for line in lines] == [("fake", "yes"), ("slow", "no"), ("free", "-")]


def test_missing_peer_says_how_to_get_it_and_the_next_row_is_measured(table, capsys):
    table(replace(ROW, name="lonely", measure=failing(MissingPeerError("torch"))), ROW)
    assert bench.run([], as_json=True) == 0
    lonely, other = json.loads(capsys.readouterr().out)["rows"]
    assert lonely["problem"] == "peer missing: install it with pip install 'convlens[bench]'"
    assert (lonely["ratio"], lonely["met"], other["met"]) == (None, None, True)


def test_failed_measurement_is_told_in_its_row(table, capsys):
    table(replace(ROW, measure=failing(MeasurementError("the results differ"))))
    assert bench.run([], as_json=False) == 0
    assert "failed: the results differ" in capsys.readouterr().out


def test_measuring_process_has_no_kernels_chosen_by_hand(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert "OPENBLAS_CORETYPE" not in environment()


def test_failure_in_a_measuring_process_names_its_reason():
    with pytest.raises(MeasurementError, match="KeyError: 'no-such-layer'"):
        alone(conv2d.compare, "forward", "no-such-layer")


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_both_sides_compute_the_same_convolution(direction, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(conv2d, "interleaved", lambda ours, peer: (1.0, 2.0))
    assert conv2d.compare(direction, "lenet-c3") == 0.5


@pytest.mark.parametrize("kind", ["max", "average"])
def test_both_sides_compute_the_same_pooling(kind, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(conv2d, "interleaved", lambda ours, peer: (1.0, 2.0))
    assert pooling.compare(kind, "alexnet") == 0.5


def test_transposed_convolution_is_compared_with_torch_before_it_is_timed(monkeypatch):
    monkeypatch.setattr(conv_transpose2d, "interleaved", lambda ours, peer: (1.0, 2.0))
    assert conv_transpose2d.compare("small") == 0.5
    monkeypatch.setattr(conv_transpose2d, "conv_transpose2d", lambda x, weight, bias, **_: 0)
    with pytest.raises(MeasurementError, match="torch's results differ"):
        conv_transpose2d.compare("small")


@pytest.mark.parametrize("which", ["many", "single"])
def test_paths_are_compared_with_torch_before_they_are_timed(which, monkeypatch):
    monkeypatch.setattr(landscape, "STARTS", 5)
    monkeypatch.setattr(landscape, "STEPS", 1)
    monkeypatch.setattr(landscape, "ALONE", 1)
    assert landscape.compare(which) > 0
    real = landscape._torch_paths
    monkeypatch.setattr(landscape, "_torch_paths", lambda *work: real(*work) + 1e-3)
    with pytest.raises(MeasurementError, match=f"{which} paths of sgd: ours and torch's differ"):
        landscape.compare(which)


def test_every_server_answers_with_the_same_trace_of_58_kb(monkeypatch, tmp_path):
    monkeypatch.setattr(servers, "keep_to_core", lambda number: None)
    monkeypatch.setenv("CONVLENS_DATA", str(tmp_path))
    paths = {
        "product": trace_http.TRACE,
        "encoding": trace_http.READY,
        "plain": trace_http.READY,
        "bare": trace_http.READY,
    }
    bodies = {}
    for name, path in paths.items():
        answer = TestClient(getattr(servers, name)()).get(path)
        assert answer.status_code == 200
        bodies[name] = answer.content
    assert bodies["product"] == bodies["encoding"] == bodies["bare"]
    assert json.loads(bodies["plain"]) == json.loads(bodies["product"])
    assert 57_000 < len(bodies["product"]) < 59_000
