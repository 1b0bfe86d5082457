"""The promises of a fixed installation: exact versions, a complete wheel, commands that exist."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import engine

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DIRECT = [Requirement(line) for group in (PROJECT["dependencies"], *EXTRAS.values()) for line in group]
CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
PINS = {canonicalize_name(pin.name): str(pin.specifier) for pin in CONSTRAINTS}


def is_exact(requirement: Requirement) -> bool:
    return [spec.operator for spec in requirement.specifier] == ["=="] and "*" not in str(requirement)


@pytest.mark.parametrize("requirement", DIRECT, ids=str)
def test_direct_dependency_has_the_exact_version_of_the_constraints(requirement):
    assert is_exact(requirement)
    assert PINS[canonicalize_name(requirement.name)] == str(requirement.specifier)


def test_constraints_are_exact_versions_that_every_platform_can_install():
    assert [str(pin) for pin in CONSTRAINTS if not is_exact(pin)] == []
    assert [str(pin) for pin in CONSTRAINTS if "+" in str(pin.specifier) or pin.url] == []
    assert len(PINS) == len(CONSTRAINTS)


def test_every_package_brought_in_by_another_is_pinned():
    free = {f"{name} asks for {wanted}" for name, wanted in brought_in() if not pinned(wanted)}
    assert free == set()


def pinned(requirement: Requirement) -> bool:
    return canonicalize_name(requirement.name) in PINS or is_exact(requirement)


def brought_in() -> Iterator[tuple[str, Requirement]]:
    """Yield (package, what it requires) for everything installed that the project leads to."""
    waiting, seen = list(DIRECT), set()
    while waiting:
        parent = waiting.pop()
        if str(parent) in seen:
            continue
        seen.add(str(parent))
        try:
            lines = requires(parent.name) or []
        except PackageNotFoundError:
            continue
        for child in map(Requirement, lines):
            if needed(child, parent.extras):
                waiting.append(child)
                yield parent.name, child


def needed(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_document_names_only_commands_that_the_makefile_has(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / document).read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named
    assert named <= targets


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("convlens-*.whl"))) as archive:
        yield archive


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "place"),
    [("app", "app"), ("engine", "engine"), ("templates", "app/_templates"), ("static", "app/_static")],
)
def test_wheel_contains_every_file_of(wheel, folder, place):
    here = {
        f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here
    assert here - set(wheel.namelist()) == set()


@pytest.mark.slow
def test_wheel_contains_nothing_else_at_its_top(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"app", "engine", f"convlens-{engine.__version__}.dist-info"}


@pytest.mark.slow
def test_app_in_a_wheel_finds_its_templates_and_scripts(wheel, tmp_path):
    wheel.extractall(tmp_path)
    ask = "from app.paths import STATIC, TEMPLATES; print(TEMPLATES.is_dir(), STATIC.is_dir(), STATIC)"
    found = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": "."},
        capture_output=True,
        text=True,
    )
    assert found.stdout.split() == ["True", "True", str(tmp_path / "app" / "_static")], found.stderr
