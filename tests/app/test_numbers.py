"""Numbers as they are printed."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.numbers import decimals_of, printed, remainder, rounded, short

finite = st.floats(-1e6, 1e6, allow_subnormal=False)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (3, 0, "3"), (-3, 0, "−3"), (0.5, 1, "0.5"), (-0.04, 1, "0.0"), (-0.0, 2, "0.00"), (2.5, 0, "2"),
        (3.5, 0, "4"), (0.125, 2, "0.12"), (1e6, 1, "1000000.0"), (Decimal("-1.5"), 1, "−1.5"),
    ],
)  # fmt: skip
def test_a_printed_number_has_its_decimals_and_a_true_minus(value, decimals, text):
    assert printed(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (7, "7"), (-7.25, "−7.25"), (1.5, "1.5"), (0.1 + 0.2, "0.3"), (99_999, "99999"), (100_000, "1e5"),
        (-1_234_567, "−1e6"), (0.001, "0.00"), (0.005, "0.00"), (-0.0004, "0.00"),
        (2.999, "3.00"), (0.9991, "1.00"), (1e-300, "0.00"),
    ],
)  # fmt: skip
def test_a_short_number_fits_a_cell(value, text):
    assert short(value) == text


@given(finite)
def test_a_short_number_is_never_long(value):
    assert len(short(value)) <= 9


@given(finite)
def test_only_zero_is_printed_as_zero(value):
    assert (short(value) == "0") == (value == 0)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1, 2], 0), ([0.5, 2], 1), ([0.25], 2), ([0.1 + 0.2], 1), ([1 / 3], 3), ([1e6, 0.125], 3), ([], 0), ([-0.75], 2)],
)
def test_decimals_are_as_many_as_the_values_need(values, decimals):
    assert decimals_of(np.array(values, dtype=float)) == decimals


@given(finite, st.integers(0, 6))
def test_rounding_is_exact_to_half_a_unit(value, decimals):
    assert abs(rounded(value, decimals) - Decimal(repr(value))) <= Decimal(5).scaleb(-decimals - 1)


@given(finite, st.integers(0, 6))
def test_what_is_printed_is_what_was_rounded(value, decimals):
    assert Decimal(printed(value, decimals).replace("−", "-")) == rounded(value, decimals)


def test_the_remainder_makes_terms_and_total_meet():
    assert remainder(Decimal("0.1"), [Decimal("0.07"), Decimal("0.04")]) == Decimal("-0.01")
