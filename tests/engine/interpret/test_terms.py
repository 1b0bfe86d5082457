"""Any number on the way down is the sum of numbers above it, each times a factor that is shown."""

import numpy as np
import pytest

from engine import RangeError
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.projection import project_known
from engine.interpret.relu_rules import RELU_RULES
from engine.interpret.terms import terms
from tests.engine.interpret.small_networks import SMALL, STRIDE_AND_OVERLAP, drawn, picture
from tests.engine.interpret.test_projection import X, by_hand


@pytest.mark.parametrize("norm", ["gradient", "pass"])
@pytest.mark.parametrize("method", RELU_RULES)
@pytest.mark.parametrize("architecture", SMALL, ids=lambda net: net.name)
def test_every_number_of_the_way_down_is_the_sum_of_its_terms(architecture, method, norm, rng) -> None:
    passed = ForwardPass.of(drawn(architecture), picture(architecture, rng))
    for layer, keep in (("out", "strongest"), ("pool2", "all"), ("conv2", 3)):
        projection = project_known(passed, layer, 1, method=method, keep=keep, norm=norm)
        for at, signal in enumerate(projection.stages[1:], start=1):
            whole = signal.array.reshape(passed.values[signal.name].shape)
            for _ in range(12):
                place = tuple(int(rng.integers(size)) for size in whole.shape)
                found = terms(passed, projection, at, place, norm=norm)
                np.testing.assert_allclose(found.value, whole[place], rtol=1e-10, atol=1e-12, err_msg=f"{layer} {at}")
                assert found.seen == float(passed.values[signal.name][place])


def test_by_hand_both_windows_that_share_a_maximum_are_listed() -> None:
    passed = ForwardPass.of(by_hand(), X)
    projection = project_known(passed, "conv2", 0, keep="all")
    found = terms(passed, projection, 2, (0, 0, 1))  # the 3 of map 0, to which 8 comes from two windows
    assert found.places.tolist() == [[0, 0, 0], [0, 0, 1]]
    assert (found.signals.tolist(), found.factors.tolist()) == ([8, 8], [1, 1])
    assert (found.value, found.seen) == (16, 3)
    beside = terms(passed, projection, 2, (0, 0, 2))  # the 2 beside it is the maximum of the third window only
    assert (beside.signals.tolist(), beside.factors.tolist()) == ([8, 0], [0, 1])


def test_by_hand_overwriting_keeps_one_of_two() -> None:
    passed = ForwardPass.of(by_hand(), X)
    added, lost = (project_known(passed, "conv2", 0, keep="all", overlap=how).pixels for how in ("add", "overwrite"))
    assert added.tolist() == [[[0, 16, 0, 0], [0, 0, 0, 0]]]
    assert lost.tolist() == [[[0, 8, 0, 0], [0, 0, 0, 0]]]


def test_a_place_that_is_not_there_is_refused_in_words(rng) -> None:
    passed = ForwardPass.of(drawn(STRIDE_AND_OVERLAP), picture(STRIDE_AND_OVERLAP, rng))
    projection = project_known(passed, "conv2", 0)
    with pytest.raises(RangeError, match="at must be from 1 to 5, got 0"):
        terms(passed, projection, 0, (0, 0, 0))
    with pytest.raises(RangeError, match=r"pool1 has the shape \(6, 4, 4\); there is no cell \(6, 0, 0\) in it"):
        terms(passed, projection, 1, (6, 0, 0))
