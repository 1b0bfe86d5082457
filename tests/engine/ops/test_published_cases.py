"""Operations on numbers that others have published: ONNX's operator tests, torch's documentation, an exercise.

ONNX: onnx/backend/test/case/node. torch: the examples of torch.nn. CS231n: assignment 2, ConvolutionalNetworks.ipynb.
"""

import numpy as np
import pytest

import engine

UP_TO_25, UP_TO_16 = np.arange(1.0, 26).reshape(1, 1, 5, 5), np.arange(1.0, 17).reshape(1, 1, 4, 4)
NINE, ONES = np.arange(9).reshape(1, 1, 3, 3), np.ones((1, 1, 3, 3), int)


@pytest.mark.parametrize(("x", "options", "wanted"), [
    (UP_TO_25, {"kernel_size": 5, "stride": 1, "padding": 2},
     [[13, 14, 15, 15, 15], [18, 19, 20, 20, 20], *[[23, 24, 25, 25, 25]] * 3]),
    (UP_TO_25, {"kernel_size": 2}, [[7, 9], [17, 19]]),
    (UP_TO_25, {"kernel_size": 3, "stride": 2, "padding": "same"}, [[7, 9, 10], [17, 19, 20], [22, 24, 25]]),
    (UP_TO_16, {"kernel_size": 3, "stride": 2, "ceil_mode": True}, [[11, 12], [15, 16]]),
    (UP_TO_16, {"kernel_size": 2, "stride": 1, "dilation": 2}, [[11, 12], [15, 16]]),
], ids=["pads", "strides", "same_upper", "ceil", "dilations"])  # fmt: skip
def test_max_pooling_is_that_of_onnx_whose_numbers_tell_their_place(x, options, wanted):
    pooled = engine.max_pool2d(x, **options)
    assert pooled.output[0, 0].tolist() == wanted
    assert (pooled.switches[0, 0] + 1).tolist() == wanted  # x counts its cells from 1


@pytest.mark.parametrize(("x", "options", "wanted"), [
    (UP_TO_25, {"kernel_size": 5, "stride": 1, "padding": 2, "count_include_pad": False},
     [[7, 7.5, 8, 8.5, 9], [9.5, 10, 10.5, 11, 11.5], [12, 12.5, 13, 13.5, 14], [14.5, 15, 15.5, 16, 16.5],
      [17, 17.5, 18, 18.5, 19]]),
    (UP_TO_25, {"kernel_size": 5, "stride": 1, "padding": 2},
     [[2.52, 3.6, 4.8, 4.08, 3.24], [4.56, 6.4, 8.4, 7.04, 5.52], [7.2, 10, 13, 10.8, 8.4],
      [6.96, 9.6, 12.4, 10.24, 7.92], [6.12, 8.4, 10.8, 8.88, 6.84]]),
    (UP_TO_25, {"kernel_size": 2}, [[4, 6], [14, 16]]),
    (UP_TO_25, {"kernel_size": 3, "stride": 2, "padding": "same", "count_include_pad": False},
     [[4, 5.5, 7], [11.5, 13, 14.5], [19, 20.5, 22]]),
    (UP_TO_16, {"kernel_size": 3, "stride": 2, "ceil_mode": True}, [[6, 7.5], [12, 13.5]]),
], ids=["pads", "pads counted", "strides", "same_upper", "ceil"])  # fmt: skip
def test_average_pooling_is_that_of_onnx(x, options, wanted):
    np.testing.assert_allclose(engine.avg_pool2d(x, **options)[0, 0], wanted, rtol=1e-12)


def test_global_average_pooling_is_that_of_onnx():
    assert engine.global_avg_pool2d(np.arange(1, 10).reshape(1, 1, 3, 3)).tolist() == [[[[5]]]]


@pytest.mark.parametrize(("size", "options", "wanted"), [
    ((5, 5), {"padding": 1}, [[12, 21, 27, 33, 24], [33, 54, 63, 72, 51], [63, 99, 108, 117, 81],
                              [93, 144, 153, 162, 111], [72, 111, 117, 123, 84]]),
    ((5, 5), {}, [[54, 63, 72], [99, 108, 117], [144, 153, 162]]),
    ((7, 5), {"stride": 2, "padding": 1}, [[12, 27, 24], [63, 108, 81], [123, 198, 141], [112, 177, 124]]),
    ((7, 5), {"stride": 2}, [[54, 72], [144, 162], [234, 252]]),
    ((7, 5), {"stride": 2, "padding": ((1, 1), (0, 0))}, [[21, 33], [99, 117], [189, 207], [171, 183]]),
], ids=["pads", "no pads", "strides and pads", "strides", "strides and asymmetric pads"])  # fmt: skip
def test_convolution_is_that_of_onnx(size, options, wanted):
    x = np.arange(size[0] * size[1]).reshape(1, 1, *size)
    assert engine.conv2d(x, ONES, **options)[0, 0].tolist() == wanted


@pytest.mark.parametrize(("x", "weight", "options", "wanted"), [
    (NINE, ONES, {}, [[0, 1, 3, 3, 2], [3, 8, 15, 12, 7], [9, 21, 36, 27, 15], [9, 20, 33, 24, 13],
                      [6, 13, 21, 15, 8]]),
    ([[[[3, 8, 1], [9, 5, 7], [3, 2, 6]]]], [[[[7, 2], [1, 9]]]], {"dilation": 2},
     [[21, 56, 13, 16, 2], [63, 35, 67, 10, 14], [24, 22, 76, 76, 21], [9, 5, 88, 45, 63], [3, 2, 33, 18, 54]]),
    (NINE, ONES, {"stride": (3, 2), "padding": (1, 2)},
     [*[[1, 1, 3]] * 2, *[[7, 4, 9]] * 3, *[[13, 7, 15]] * 2]),
    (NINE, ONES, {"stride": (3, 2), "output_padding": 1},
     [*[[0, 0, 1, 1, 3, 2, 2, 0]] * 3, *[[3, 3, 7, 4, 9, 5, 5, 0]] * 3, *[[6, 6, 13, 7, 15, 8, 8, 0]] * 3, [0] * 8]),
], ids=["plain", "dilations", "pads", "output_padding"])  # fmt: skip
def test_transposed_convolution_is_that_of_onnx(x, weight, options, wanted):
    assert engine.conv_transpose2d(x, weight, **options)[0, 0].tolist() == wanted


@pytest.mark.parametrize(("size", "wanted"), [
    ((4, 4), [[0, 0, 0, 0], [0, 6, 0, 8], [0, 0, 0, 0], [0, 14, 0, 16]]),
    ((5, 5), [[0, 0, 0, 0, 0], [6, 0, 8, 0, 0], [0, 0, 0, 14, 0], [16, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
])  # fmt: skip
def test_unpooling_is_that_of_torchs_documentation(size, wanted):
    pooled = engine.max_pool2d(UP_TO_16, 2, stride=2)
    assert engine.max_unpool2d(pooled.output, pooled.switches, size)[0, 0].tolist() == wanted


def test_upsampling_is_that_of_torchs_documentation():
    x = np.array([[[[1.0, 2], [3, 4]]]])
    nearest = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    bilinear = [[1, 1.25, 1.75, 2], [1.5, 1.75, 2.25, 2.5], [2.5, 2.75, 3.25, 3.5], [3, 3.25, 3.75, 4]]
    aligned = [[1, 1.3333, 1.6667, 2], [1.6667, 2, 2.3333, 2.6667], [2.3333, 2.6667, 3, 3.3333], [3, 3.3333, 3.6667, 4]]
    assert engine.upsample_nearest2d(x, 2)[0, 0].tolist() == nearest
    assert engine.upsample_bilinear2d(x, 2)[0, 0].tolist() == bilinear
    np.testing.assert_allclose(engine.upsample_bilinear2d(x, 2, align_corners=True)[0, 0], aligned, atol=5e-5)


def test_convolution_gives_the_numbers_of_the_cs231n_exercise():
    x = np.linspace(-0.1, 0.5, 96).reshape(2, 3, 4, 4)
    weight = np.linspace(-0.2, 0.3, 144).reshape(3, 3, 4, 4)
    wanted = [
        [
            [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
            [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
            [[0.50813986, 0.54309974], [0.64082444, 0.67101435]],
        ],
        [
            [[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
            [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
            [[2.36270298, 2.36904306], [2.38090835, 2.38247847]],
        ],
    ]
    output = engine.conv2d(x, weight, np.linspace(-0.1, 0.2, 3), stride=2, padding=1)
    np.testing.assert_allclose(output, wanted, atol=5e-9)


def test_max_pooling_gives_the_numbers_of_the_cs231n_exercise():
    wanted = [
        [
            [[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]],
            [[-0.14526316, -0.13052632], [-0.08631579, -0.07157895]],
            [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]],
        ],
        [
            [[0.09052632, 0.10526316], [0.14947368, 0.16421053]],
            [[0.20842105, 0.22315789], [0.26736842, 0.28210526]],
            [[0.32631579, 0.34105263], [0.38526316, 0.4]],
        ],
    ]
    x = np.linspace(-0.3, 0.4, 96).reshape(2, 3, 4, 4)
    np.testing.assert_allclose(engine.max_pool2d(x, 2, stride=2).output, wanted, atol=5e-9)
