"""The programs of the Code tab run as they stand and print the output of the page."""

import contextlib
import io
import re
from html import unescape

import numpy as np
import pytest

from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.resolve import resolve
from app.exhibits.convolution_forward.snippets import snippets
from tests.exhibits.asking import PAGE, answer

STATES = {
    "cs231n": {},
    "one channel": {"preset": "gray-5x5"},
    "pointwise": {"preset": "channels-1x1"},
    "grouped": {"preset": "grouped"},
    "dilated": {"preset": "dilated"},
    "asymmetric": {"preset": "asymmetric"},
    "true convolution": {"true_convolution": "1"},
    "same": {"padding": "same"},
    "same, dilated and strided": {"padding": "same", "stride": "2x3", "dilation": "2x1", "size": "6x5"},
    "valid": {"padding": "valid"},
    "fractions": {"x": "1x3x3_0.1_-2.5_3_4_5.25_1e-3_0_0_1", "kernel_size": "2x3", "padding": "0x1x2x0", "stride": "1"},
    "relu": {"activation": "relu"},
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh", "true_convolution": "1", "preset": "asymmetric"},
}


def run(program):
    """Run a program as a learner does; return the numbers that its last print gives."""
    printed = []
    names = {"print": printed.append, "__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(program, "<snippet>", "exec"), names)
    return np.asarray(printed[-1], dtype=float)


@pytest.mark.parametrize("library", ["PyTorch", "NumPy", "ConvLens"])
@pytest.mark.parametrize("query", STATES.values(), ids=STATES)
def test_the_program_prints_the_output_of_the_page(client, query, library):
    program = snippets(resolve(Params.model_validate(query)))[library]
    expected = np.array(answer(client, **query, stop=0)["output"], dtype=float)
    np.testing.assert_allclose(run(program), expected, rtol=1e-5, atol=1e-5)


def test_the_programs_stand_on_the_code_tab(client):
    html = client.get(PAGE, params={"tab": "code", "preset": "asymmetric"}).text
    shown = [unescape(code) for code in re.findall(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", html)]
    assert shown == list(snippets(resolve(Params(preset="asymmetric"))).values())


def test_every_program_reads_floats(client):
    for program in snippets(resolve(Params())).values():
        assert "[[0.0, 0.0, 1.0, 0.0, 2.0]" in program
