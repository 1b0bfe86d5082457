"""Tensors as people write them."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.tensors import (
    TensorError,
    as_bias,
    as_filters,
    as_image,
    compact,
    guess_orders,
    parse,
    read_file,
)

CUBE = np.arange(12.0).reshape(2, 2, 3)

WRITTEN = {
    "JSON": str(CUBE.astype(int).tolist()),
    "Python tuples": "(((0, 1, 2), (3, 4, 5)), ((6, 7, 8), (9, 10, 11)))",
    "trailing commas": "[[[0, 1, 2,], [3, 4, 5,],], [[6, 7, 8], [9, 10, 11]],]",
    "numpy str": str(CUBE),
    "numpy repr": repr(CUBE),
    "numpy repr of integers": repr(CUBE.astype(int)),
    "numpy repr with a dtype": repr(CUBE.astype(np.float32)),
    "torch": "tensor([[[0., 1., 2.],\n  [3., 4., 5.]],\n\n [[6., 7., 8.],\n  [9., 10., 11.]]], dtype=torch.float64)",
    "torch with a gradient": "tensor([[[0., 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]], grad_fn=<AddBackward0>)",
    "assignment": "x = np.array([[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]])",
    "call": "torch.tensor([[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]])",
    "spreadsheet": "0\t1\t2\n3\t4\t5\n\n6\t7\t8\n9\t10\t11\n",
    "Windows lines": "0\t1\t2\r\n3\t4\t5\r\n\r\n6\t7\t8\r\n9\t10\t11\r\n",
    "CSV": "0,1,2\n3,4,5\n\n6,7,8\n9,10,11",
    "CSV with spaces": "0, 1, 2\n3, 4, 5\n\n\n6, 7, 8\n9, 10, 11",
    "semicolons": "0;1;2\n3;4;5\n\n6;7;8\n9;10;11",
    "spaces": "  0 1   2\n3 4 5\n \n6 7 8\n9 10 11",
    "commas at the ends": "0,1,2,\n3,4,5,\n\n6,7,8,\n9,10,11,",
    "compact": "2x2x3_0_1_2_3_4_5_6_7_8_9_10_11",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_the_same_tensor_is_read_however_it_is_written(text):
    assert np.array_equal(parse(text), CUBE)


NUMBERS = {
    "minus": ("-1", -1),
    "unicode minus": ("\N{MINUS SIGN}1.5", -1.5),
    "plus": ("+2", 2),
    "trailing dot": ("3.", 3),
    "leading dot": (".25", 0.25),
    "exponent": ("1e-3", 0.001),
    "capital exponent": ("-2E2", -200),
    "the largest": ("1000000", 1e6),
}


@pytest.mark.parametrize(("text", "value"), NUMBERS.values(), ids=NUMBERS)
def test_one_number_is_a_tensor_of_one(text, value):
    assert parse(text).ravel().tolist() == [value]


def test_rows_without_blank_lines_are_one_plane():
    assert parse("1 2\n3 4\n5 6").shape == (3, 2)


def test_one_line_is_one_row():
    assert parse("1 2 3").shape == (1, 3)


REFUSED = {
    "nothing": ("", "no numbers here"),
    "blanks": (" \n\t ", "no numbers here"),
    "separators": (",;,", "no numbers here"),
    "empty list": ("[]", "no numbers here"),
    "empty rows": ("[[], []]", "no numbers here"),
    "word": ("one two", "“one” is not a number"),
    "word in a list": ("[1, two]", "“two” is not a number"),
    "code": ("[__import__('os')]", "is not a number"),
    "hexadecimal": ("0x10", "“0x10” is not a number"),
    "underscore": ("[1_000]", "“1_000” is not a number"),
    "two dots": ("1.2.3", "“1.2.3” is not a number"),
    "ellipsis": ("[1, ..., 2]", "“...” is not a number"),
    "NaN": ("[[1, NaN]]", "NaN is not a finite number"),
    "minus infinity": ("1 -inf", "-inf is not a finite number"),
    "infinite exponent": ("1 1e999", "the number at 0, 1 is not finite"),
    "too large": ("1000001", "1e+06 is too large"),
    "ragged table": ("1 2 3\n4 5", "row 1 has another length than row 0"),
    "ragged list": ("[[1, 2], [3]]", "row 1 has another length than row 0"),
    "ragged channels": ("1 2\n3 4\n\n5 6", "row 1 has another length than row 0"),
    "number beside a list": ("[1, [2]]", "row 1 has another length"),
    "unclosed": ("[[1, 2], [3", "a bracket is missing"),
    "five axes": ("[[[[[1]]]]]", "at most 4 axes"),
    "a thousand brackets": ("[" * 1000, "at most 4 axes"),
    "too many": ("1 " * 40_001, "40001 numbers are too many"),
    "too few for the shape": ("2x2_1_2_3", "2x2 needs 4 numbers, 3 came"),
    "compact nonsense": ("2x2_1_2_3_x", "“x” is not a number"),
    "enormous shape": ("9x9999999_1", "needs 89999991 numbers, 1 came"),
    "shape with a zero": ("0x2_1", "0x2 needs 0 numbers"),
    "endless shape": ("9" * 5000 + "_1", "is not a number"),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_tensor_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(TensorError) as refusal:
        parse(text)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 200


@given(st.text(max_size=60) | st.text("[]()0123456789.,;x_-e \n\t", max_size=60))
def test_any_text_is_a_finite_tensor_or_a_refusal(text):
    try:
        values = parse(text)
    except TensorError:
        return
    assert values.dtype == np.float64
    assert values.size > 0
    assert np.isfinite(values).all()
    assert 1 <= values.ndim <= 4


SIDES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=4)
tensors = hnp.arrays(np.float64, SIDES, elements=st.floats(-1e6, 1e6))


@given(tensors)
def test_compact_text_reads_back_exactly(values):
    assert np.array_equal(parse(compact(values)), values)


@given(tensors)
def test_a_nested_list_reads_back_exactly(values):
    assert np.array_equal(parse(str(values.tolist())), values)


def test_lists_one_after_the_other_are_not_silently_cut():
    with pytest.raises(TensorError):
        parse("[1, 2, 3]\n[4, 5, 6]")


@pytest.mark.parametrize(("shape", "orders"), [
    ((7, 7, 3), ("hwc", "chw")),
    ((3, 7, 7), ("chw", "hwc")),
    ((32, 32, 1), ("hwc", "chw")),
    ((3, 3, 3), ("chw", "hwc")),
    ((5, 7), ("chw",)),
    ((4,), ("chw",)),
    ((3, 3, 4, 8), ("hwc", "chw")),
    ((8, 4, 3, 3), ("chw", "hwc")),
])  # fmt: skip
def test_few_channels_tell_the_axis_order(shape, orders):
    assert guess_orders(shape) == orders


def test_an_image_is_brought_to_channels_first():
    assert as_image(np.zeros((7, 5, 3)), "hwc").shape == (3, 7, 5)
    assert as_image(np.zeros((3, 7, 5)), "chw").shape == (3, 7, 5)
    assert as_image(np.zeros((7, 5)), "hwc").shape == (1, 7, 5)


def test_filters_are_brought_to_filters_first():
    assert as_filters(np.zeros((3, 2, 4, 8)), "hwc").shape == (8, 4, 3, 2)
    assert as_filters(np.zeros((3, 2)), "chw").shape == (1, 1, 3, 2)
    assert as_filters(np.zeros((3, 2, 4)), "hwc").shape == (1, 4, 3, 2)


@pytest.mark.parametrize("shape", [(4,), (1, 1, 2, 2)])
def test_an_input_of_other_axes_is_refused(shape):
    with pytest.raises(TensorError, match=f"this has {len(shape)}"):
        as_image(np.zeros(shape), "chw")


def test_a_bias_may_be_a_column():
    assert as_bias(np.ones((3, 1))).shape == (3,)


def npy(values, **more):
    buffer = io.BytesIO()
    np.save(buffer, values, **more)
    return buffer.getvalue()


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i1", "u1", "i8", "?", ">f8", ">i2"])
def test_npy_files_of_real_numbers_are_read(dtype):
    values = (CUBE % 2).astype(dtype)
    assert np.array_equal(read_file("x.npy", npy(values)), CUBE % 2)


def test_fortran_order_is_read_right():
    assert np.array_equal(read_file("x.npy", npy(np.asfortranarray(CUBE))), CUBE)


@pytest.mark.parametrize(("name", "content"), [
    ("pickle", npy(np.array([{}], dtype=object), allow_pickle=True)),
    ("truncated", npy(CUBE)[:-1]),
    ("half a header", npy(CUBE)[:30]),
    ("complex", npy(CUBE * 1j)),
    ("text", npy(np.array(["one"]))),
    ("nan", npy(CUBE * np.nan)),
    ("empty", npy(np.zeros((0, 3)))),
    ("latin-1", "é".encode("latin-1")),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_other_files_are_refused(name, content):
    with pytest.raises(TensorError):
        read_file(f"{name}.npy", content)


def test_a_pickle_is_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    with pytest.raises(TensorError):
        read_file("x.npy", npy(np.array([Trap()], dtype=object), allow_pickle=True))
    assert not (tmp_path / "sprung").exists()


def test_a_csv_file_may_begin_with_a_byte_order_mark():
    assert read_file("x.csv", "\ufeff1,2\n3,4".encode()).tolist() == [[1, 2], [3, 4]]
