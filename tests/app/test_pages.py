"""Templates are compiled once and kept, where they may be; a page never depends on it."""

import sys

import pytest
from jinja2 import DictLoader, Environment

from app.pages import kept_in


@pytest.fixture
def writes_bytecode(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def rendered(folder, source, **how):
    templates = Environment(loader=DictLoader({"a.html": source}), bytecode_cache=kept_in(folder))
    return templates.get_template("a.html").render(**how)


@pytest.mark.usefixtures("writes_bytecode")
def test_a_compiled_template_is_kept_and_replaced_when_its_source_changes(tmp_path):
    folder = tmp_path / "__pycache__"
    assert rendered(folder, "{{ x }} cells", x=9) == "9 cells"
    (kept,) = folder.iterdir()
    before = kept.read_bytes()
    assert rendered(folder, "{{ x }} cells", x=4) == "4 cells"
    assert kept.read_bytes() == before
    assert rendered(folder, "{{ x }} windows", x=4) == "4 windows"
    assert list(folder.iterdir()) == [kept]
    assert kept.read_bytes() != before


@pytest.mark.usefixtures("writes_bytecode")
def test_where_nothing_can_be_kept_the_page_is_shown_all_the_same(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert kept_in(tmp_path / "file" / "__pycache__") is None
    gone = tmp_path / "__pycache__"
    cache = kept_in(gone)
    gone.rmdir()
    template = Environment(loader=DictLoader({"a": "{{ x }}"}), bytecode_cache=cache).get_template("a")
    assert template.render(x=1) == "1"


def test_nothing_is_kept_where_python_keeps_no_modules(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert kept_in(tmp_path / "__pycache__") is None
    assert list(tmp_path.iterdir()) == []
