"""Arrows run one way, and the first page does not wait for torch."""

import ast
import subprocess
import sys

import pytest

from app import paths

FIRST_PAGE = """
import sys, tempfile, pathlib
from starlette.testclient import TestClient
from app.main import create_app
from app.settings import Settings
slug = "exhibits/convolution-forward"
with TestClient(create_app(Settings(data=pathlib.Path(tempfile.mkdtemp())))) as client:  # the worker runs too
    for url in ("/", f"/{slug}", f"/api/{slug}", f"/api/{slug}.png"):
        assert client.get(url).status_code == 200
print(sorted({name.partition(".")[0] for name in sys.modules} & {"torch", "scipy", "pandas", "matplotlib", "plotly"}))
"""


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    "file", sorted(paths.ENGINE.rglob("*.py")), ids=lambda file: file.relative_to(paths.ENGINE).as_posix()
)
def test_the_engine_imports_neither_the_app_nor_a_web_framework(file):
    assert set(imported(file)) & {"app", "fastapi", "starlette", "jinja2", "pydantic", "babel"} == set()


@pytest.mark.parametrize(
    "file",
    [file for file in sorted((paths.ENGINE.parent / "app").rglob("*.py")) if "bench" not in file.parts],
    ids=lambda file: file.relative_to(paths.ENGINE.parent).as_posix(),
)
def test_the_app_does_not_import_torch(file):
    assert "torch" not in set(imported(file))


def test_the_first_pages_are_served_without_torch():
    done = subprocess.run([sys.executable, "-c", FIRST_PAGE], cwd=paths.ENGINE.parent, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
