import subprocess
import sys

import pytest

import engine
from engine.ops import OPS


def test_public_names_are_sorted_and_exist():
    assert engine.__all__ == sorted(engine.__all__)
    assert all(hasattr(engine, name) for name in engine.__all__)


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_its_gradient_beside_it(name):
    assert getattr(engine, name) is OPS[name]
    assert callable(getattr(engine, f"{name}_backward"))


def test_the_light_engine_imports_neither_torch_nor_the_app():
    program = (
        "import sys, engine, engine.ops, engine.geometry, engine.trace, engine.diagnose;"
        "print({name.partition('.')[0] for name in sys.modules} & {'torch', 'app', 'fastapi'} or 'neither')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "neither"
