"""Formulas typed by anybody: what they mean, their derivatives, and that nothing else gets through."""

import math
import time

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, RangeError
from engine.landscape import parse
from engine.landscape.expression import DEEPEST, FUNCTIONS, LONGEST
from tests.engine.landscape.hostile import HOSTILE

MEANT = [
    ("x^2 - y^2", (3.0, 2.0), 5.0),
    ("x**2-y**2", (3.0, 2.0), 5.0),
    ("-x^2", (3.0, 0.0), -9.0),  # a sign binds less tightly than ^
    ("2^-x", (3.0, 0.0), 0.125),
    ("2^x^2", (3.0, 0.0), 512.0),  # from the right, 2^(3^2)
    ("x/2/y", (12.0, 3.0), 2.0),  # from the left
    ("x-2-y", (12.0, 3.0), 7.0),
    ("--x", (3.0, 0.0), 3.0),
    ("+x - -y", (3.0, 2.0), 5.0),
    ("2*(x + y)*3", (1.0, 2.0), 18.0),
    ("sin(pi/2) * x", (3.0, 0.0), 3.0),
    ("ln(e) * x + log(e^2)", (3.0, 0.0), 5.0),
    (".5*x + 1.*y + 1e2 + 2.5E-1", (2.0, 1.0), 102.25),
    (" x\n*\t y ", (3.0, 2.0), 6.0),
    ("sqrt(abs(x))", (-9.0, 0.0), 3.0),
    ("x^y", (2.0, 10.0), 1024.0),
    ("x^0.5", (9.0, 0.0), 3.0),
    ("x^-1", (4.0, 0.0), 0.25),
    ("x^20", (2.0, 0.0), 2.0**20),
    ("7", (1.0, 2.0), 7.0),
    ("(((x)))", (1.5, 0.0), 1.5),
    ("3 - 3 + 0*x", (1.0, 2.0), 0.0),
]


@pytest.mark.parametrize(("text", "point", "expected"), MEANT)
def test_formula_means_what_mathematics_says(text, point, expected):
    assert parse(text).value(*point) == pytest.approx(expected, rel=1e-15)


def test_gradient_and_hessian_of_a_product_by_hand():
    # f = x^2 y^3 at (2, 3): f_x = 2 x y^3 = 108, f_y = 3 x^2 y^2 = 108; f_xx = 54, f_xy = 6 x y^2 = 108, f_yy = 72
    surface = parse("x^2 * y^3")
    assert surface.value(2.0, 3.0) == 108
    assert surface.gradient(2.0, 3.0) == (108, 108)
    assert surface.hessian(2.0, 3.0) == (54, 108, 72)


FORMULAS = [
    "x^2 - y^2",
    "x*y/(x^2 + y^2 + 1)",
    "sin(3*x)*exp(-y^2/2) + cos(x*y)",
    "tan(x/3)^2 + atan(x*y) - asin(x/5) + acos(y/7)",
    "sinh(x/2)*cosh(y) - tanh(x*y)",
    "log(1 + x^2 + y^2)*sqrt(2 + x*y)",
    "abs(x*y - 1)*x",
    "(x^2 + 1)^y + 2^(x*y) + (y^2 + 1)^1.7",
    "x^3*y^-2 - 3/(2 + sin(x))",
    "-(x - y)^5/(3 + y^2)^2 + pi*x - e*y",
    "x^17 + (x + y)^20/1e6",
    "exp(sin(x + exp(y/3)))",
]
POINTS = [(0.7, 1.3), (-1.1, 0.4), (1.9, -0.8), (-0.3, -1.6)]
TORCH = {name: getattr(torch, name) for name in FUNCTIONS if hasattr(torch, name)} | {"ln": torch.log}


def by_torch(text, x, y):
    """Return value, gradient and Hessian by torch's autograd; the texts are those above, not anybody's."""
    names = {**TORCH, "pi": math.pi, "e": math.e}

    def f(point):
        return eval(text.replace("^", "**"), {"__builtins__": {}}, {**names, "x": point[0], "y": point[1]})

    point = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(f(point), point)
    hessian = torch.autograd.functional.hessian(f, point)
    return f(point).item(), gradient.tolist(), (hessian[0, 0].item(), hessian[0, 1].item(), hessian[1, 1].item())


@pytest.mark.parametrize("text", FORMULAS)
def test_derivatives_are_those_of_torchs_autograd(text):
    surface = parse(text)
    for point in POINTS:
        value, gradient, hessian = by_torch(text, *point)
        np.testing.assert_allclose(surface.value(*point), value, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(surface.gradient(*point), gradient, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(surface.hessian(*point), hessian, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("text", FORMULAS)
def test_arrays_get_what_floats_get(text):
    surface, points = parse(text), np.array(POINTS)
    for ask in (surface.value, surface.gradient, surface.hessian):
        together = np.atleast_2d(ask(points[:, 0], points[:, 1]))
        alone = np.array([np.atleast_1d(ask(*point)) for point in POINTS]).T
        np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-14)


def test_rows_and_columns_broadcast_to_a_grid_also_where_a_part_is_the_same_everywhere():
    surface = parse("3*x + y^2")
    x, y = np.linspace(-1, 1, 5)[None, :], np.linspace(0, 2, 4)[:, None]
    assert surface.value(x, y).shape == (4, 5)
    along, across = surface.gradient(x, y)
    assert along.shape == across.shape == (4, 5)
    assert (along == 3).all()
    xx, xy, yy = surface.hessian(x, y)
    assert (xx == 0).all()
    assert (xy == 0).all()
    assert (yy == 2).all()
    assert yy.shape == (4, 5)


def test_what_comes_back_is_nobody_elses():
    x = np.array([1.0, 2.0])
    value = parse("x").value(x, x)
    value[0] = 7
    assert x[0] == 1


def test_whole_numbers_are_read_as_floats():
    assert parse("x^2/2").value(3, 0) == 4.5
    np.testing.assert_array_equal(parse("x/2").value(np.array([1, 2]), 0), [0.5, 1.0])


NOWHERE = [
    ("1/x", (0.0, 0.0), math.inf),
    ("log(x)", (0.0, 0.0), -math.inf),
    ("log(x)", (-1.0, 0.0), math.nan),
    ("sqrt(x)", (-1.0, 0.0), math.nan),
    ("x^0.5", (-1.0, 0.0), math.nan),
    ("exp(x)", (1e4, 0.0), math.inf),
    ("x*x", (1e200, 0.0), math.inf),
    ("asin(x)", (2.0, 0.0), math.nan),
    ("sin(x)", (math.inf, 0.0), math.nan),
    ("x^y", (-8.0, 0.5), math.nan),
    ("x + y", (math.nan, 0.0), math.nan),
]


@pytest.mark.parametrize(("text", "point", "expected"), NOWHERE)
def test_where_f_is_not_defined_it_is_nan_or_infinite_on_floats_and_on_arrays(text, point, expected):
    surface = parse(text)
    np.testing.assert_equal(surface.value(*point), expected)
    x, y = np.full(3, point[0]), np.full(3, point[1])
    np.testing.assert_equal(surface.value(x, y), np.full(3, expected))
    surface.gradient(*point)
    surface.hessian(x, y)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_everything_else_is_refused_at_once(text):
    start = time.process_time()
    with pytest.raises(EngineError) as refusal:
        parse(text)
    assert time.process_time() - start < 0.5  # a guard against hanging, thousands of times what is needed
    assert str(refusal.value)


def test_there_are_many_hostile_texts():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("value", [None, 3, 2.5, b"x", ["x"], object(), np.array("x")])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(RangeError, match=r"f must be a text such as x\^2 - y\^2, got "):
        parse(value)


SENTENCES = [
    ("x % y", r"'%' at place 3 cannot be used: f is written with x, y, numbers, \+ - \* / \^ \( \) and functions"),
    ("x + foo(y)", r"there is no foo, at place 5; there are x, y, pi, e, abs, "),
    ("3 + 2x", r"an operation such as \* is missing between 2 and x, at place 6"),
    ("(2 x)", r"an operation such as \* is missing between 2 and x, at place 4"),
    ("sin x", r"sin at place 1 is a function: write sin\(\.\.\.\)"),
    ("x + * y", r"\* at place 5 cannot stand there: a number, x, y, a function or \( is wanted"),
    ("x +", r"f ends after \+, where a number, x, y, a function or \( is wanted"),
    ("2*(x", r"\( at place 3 is never closed"),
    ("x) + 1", r"\) at place 2 has no \( before it"),
    ("2000000*x", r"2000000 at place 1 is above 10\^6"),
    ("1 + x/0", r"/ at place 6 divides by 0"),
    ("x*log(0)", r"log at place 3 makes no finite number"),
    ("9**9**9**9", r"\*\* at place 5 makes no finite number"),
    ("(-2)^x", r"\^ at place 5: only a number above 0 can be raised to a power in which x or y occurs"),
    ("x" * 201, rf"f has 201 characters; at most {LONGEST} can be read"),
    ("(" * 50 + "x", rf"f is nested too deeply at place {DEEPEST + 1}: at most {DEEPEST} brackets, powers and signs"),
    (" ", r"f is empty; write something like x\^2 - y\^2"),
]


@pytest.mark.parametrize(("text", "sentence"), SENTENCES, ids=ascii)
def test_refusal_names_the_word_and_the_reason(text, sentence):
    with pytest.raises(RangeError, match=sentence):
        parse(text)


LONG = [
    "+".join(["x*y"] * 30),
    "*".join(["(x+y)"] * 25),
    "sin(cos(" * 9 + "x*y" + "))" * 9,
    "x/y/" * 29 + "x",
    "1/" * 59 + "x",
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:12])
def test_longest_formulas_are_read_and_computed_in_a_moment(text):
    start = time.process_time()
    surface = parse(text)
    surface.hessian(np.full(1000, 0.7), np.full(1000, 0.9))
    assert time.process_time() - start < 2  # a guard against explosion; it takes a few milliseconds
    assert all(math.isfinite(part) for part in surface.hessian(0.7, 0.9))


def surface_or_none(text):
    """Return the surface, None if the text is refused; anything else that is raised fails the test."""
    try:
        return parse(text)
    except EngineError:
        return None


@given(st.text(max_size=40))
def test_any_text_is_a_surface_or_a_refusal(text):
    surface = surface_or_none(text)
    assert surface is None or isinstance(surface.value(0.5, 0.5), float)


@given(st.text(alphabet="xy12.()+-*/^ sincolgexpqrt", max_size=30))
def test_floats_and_arrays_agree_on_any_text_of_the_right_characters(text):
    if (surface := surface_or_none(text)) is not None:
        grid = np.linspace(-2, 2, 3)
        for floats, arrays in zip(surface.hessian(-2.0, 2.0), surface.hessian(grid, grid[::-1]), strict=True):
            np.testing.assert_allclose(floats, arrays[0], rtol=1e-9)


@given(st.lists(st.sampled_from(FORMULAS), min_size=2, max_size=2), st.sampled_from("+-*"))
def test_sum_difference_and_product_of_formulas_are_those_of_values(texts, sign):
    a, b = (parse(text).value(0.7, 1.3) for text in texts)
    joined = parse(f"({texts[0]}) {sign} ({texts[1]})").value(0.7, 1.3)
    assert joined == pytest.approx({"+": a + b, "-": a - b, "*": a * b}[sign], rel=1e-12)


@pytest.mark.parametrize("text", ["x", "y"])
def test_a_row_and_a_column_give_a_grid_also_where_f_is_one_of_them(text):
    row, column = np.array([[1.0, 2.0, 3.0]]), np.array([[10.0], [20.0]])
    value = parse(text).value(row, column)
    assert value.tolist() == ([[1, 2, 3], [1, 2, 3]] if text == "x" else [[10, 10, 10], [20, 20, 20]])
    value[0, 0] = -1
    assert (row[0, 0], column[0, 0]) == (1, 10)
